/** Follows one run to its end, over as many connections as that takes. */
import type { ChatEvent } from '@lightchat/protocol';
import { runEventsPath } from './api.ts';
import { pauseBeforeRetry } from './backoff.ts';
import { readEventStream } from './event-stream.ts';
import { isRequestFailed } from './request.ts';

export interface RunFollower {
  /** Each event once, in order, without a gap. */
  onEvent: (event: ChatEvent) => void;
  onConnection: (connected: boolean) => void;
  /** Aborting only stops watching: the run goes on. */
  signal: AbortSignal;
}

/**
 * Resolves `finished` after `run-finished` was delivered, `gone` when the server has nothing (more) of this run,
 * and `left` when `signal` aborted. Never rejects: everything else is tried again, for as long as the page is open.
 */
export async function followRun(
  runId: string,
  from: number,
  { onEvent, onConnection, signal }: RunFollower,
): Promise<'finished' | 'gone' | 'left'> {
  let next = from;
  let finished = false;
  let attempt = 0;
  while (!signal.aborted) {
    try {
      const end = await readEventStream(runEventsPath(runId, next), {
        signal,
        onOpen: () => onConnection(true),
        onEvent: ({ data }) => {
          const event = JSON.parse(data) as ChatEvent;
          if (event.index < next || finished) return;
          if (event.index > next) throw new GapInRun();
          next = event.index + 1;
          attempt = 0;
          finished = event.type === 'run-finished';
          onEvent(event);
        },
      });
      if (finished) return 'finished';
      if (end === 'empty') return 'gone';
    } catch (error) {
      if (isRefused(error)) return 'gone';
    }
    if (signal.aborted) break;
    onConnection(false);
    await pauseBeforeRetry(attempt, signal);
    attempt += 1;
  }
  return 'left';
}

/** The server will say the same again, unlike after a failure or a limit on how often one may ask. */
function isRefused(error: unknown): boolean {
  return isRequestFailed(error) && error.status >= 400 && error.status < 500 && error.status !== 429;
}

/** A stream that skips an index cannot be shown; asking again from the missing one can. */
class GapInRun extends Error {}
