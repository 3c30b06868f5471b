/** Keeps lists and other tabs current: one connection that says what changed, open only while the page is visible. */
import type { Change } from '@lightchat/protocol';
import { changesPath } from './api.ts';
import { pauseBeforeRetry } from './backoff.ts';
import { readEventStream } from './event-stream.ts';

export interface ChangeListener {
  onChange: (change: Change) => void;
  /** The connection is open (again): changes may have been missed. */
  onOpen: () => void;
  /** The connection broke, although the page is visible. */
  onLost: () => void;
}

export function listenToChanges(listener: ChangeListener): () => void {
  let connection: AbortController | undefined;
  const onVisibility = () => {
    if (document.visibilityState === 'hidden') {
      connection?.abort();
      connection = undefined;
    } else if (!connection) {
      connection = new AbortController();
      void keepListening(listener, connection.signal);
    }
  };
  onVisibility();
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    connection?.abort();
  };
}

async function keepListening({ onChange, onOpen, onLost }: ChangeListener, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await readEventStream(changesPath, {
        signal,
        onOpen: () => {
          attempt = -1;
          onOpen();
        },
        onEvent: ({ event, data }) => event === 'change' && onChange(JSON.parse(data) as Change),
      });
    } catch {
      // Whatever it was, losing this connection costs a refetch and never data: try again.
    }
    if (signal.aborted) return;
    onLost();
    await pauseBeforeRetry(Math.max(0, attempt), signal);
  }
}
