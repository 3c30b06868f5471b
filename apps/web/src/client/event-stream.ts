/** Reads server-sent events over `fetch`: unlike EventSource it sees status codes and can be cut and resumed exactly. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { failureOf, RequestFailed } from './request.ts';

/** The server sends a comment every 15 s; three missed ones mean that the connection is dead without saying so. */
const SILENCE_MS = 45_000;

export interface EventStreamHandlers {
  onOpen?: () => void;
  /** Throwing ends the stream with that error. */
  onEvent: (event: EventSourceMessage) => void;
  signal: AbortSignal;
}

/**
 * Resolves `empty` on 204 (nothing is left to read) and `ended` when the server or the network closed the stream,
 * also when `signal` aborted. Rejects with RequestFailed when the answer is an error or none comes.
 */
export async function readEventStream(path: string, handlers: EventStreamHandlers): Promise<'empty' | 'ended'> {
  const { onOpen, onEvent, signal } = handlers;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    const response = await fetch(path, {
      headers: { accept: 'text/event-stream' },
      cache: 'no-store',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status === 204) return 'empty';
    if (!response.ok) throw await failureOf(response);
    onOpen?.();
    await readBody(response, onEvent, heard);
    return 'ended';
  } catch (error) {
    if (signal.aborted || silence.signal.aborted) return 'ended';
    throw error instanceof TypeError ? lost(error) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function readBody(response: Response, onEvent: (event: EventSourceMessage) => void, heard: () => void) {
  const parser = createParser({ onEvent });
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    // After a fault in a handler the rest of the stream is of no use to anyone.
    void reader.cancel().catch(() => undefined);
  }
}

function lost(cause: TypeError): RequestFailed {
  return new RequestFailed(0, { error_code: 'INTERNAL', message: 'The connection was lost.', details: {} }, cause);
}
