/** A viewer that connects, is cut off, stops reading and comes back, and keeps everything it was sent. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createParser } from 'eventsource-parser';
import type { Way } from './history.ts';

export interface Seen {
  id: string;
  /** '' when the event had no name. */
  event: string;
  data: string;
}

export interface RunAddress {
  port: number;
  run_id: string;
  /** Body of a request that joins the run by its idempotency key. */
  keyed: Record<string, unknown> | undefined;
  stream_id: string | undefined;
}

export interface Viewer {
  readonly way: Way;
  /** In order, over all connections. */
  readonly seen: readonly Seen[];
  /** Index of the first event that it could have seen. */
  readonly firstIndex: number;
  /** Connects with what it knows. Does nothing while it is connected, or has seen the end. */
  open(breaksAfter?: number): void;
  cut(): void;
  pause(): void;
  read(): void;
  /** Comes back as often as it takes to see the end, and once more to be told that there is nothing left. */
  catchUp(): Promise<void>;
}

interface Ask {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Longer than a viewer that takes nothing is kept. */
const PATIENCE_MS = 20_000;
const ENDS = new Set(['done', 'error', 'run-finished']);
const LAST_CHUNK = /^\{"type":"(?:finish|error)"/;

export function createViewer(way: Way, run: RunAddress): Viewer {
  const seen: Seen[] = [];
  // Without the key or the stream id of a run, these surfaces can only be entered after an event.
  const entersLate = (way === 'chat' && !run.keyed) || (way === 'streaming-id' && !run.stream_id);
  const firstIndex = entersLate ? 1 : 0;
  let connection:
    | { call: ClientRequest; answer?: IncomingMessage; isPaused: boolean; over: Promise<number> }
    | undefined;

  function lastId(): string | undefined {
    return seen.findLast(({ id }) => id !== '')?.id ?? (firstIndex === 1 ? `${run.run_id}:0` : undefined);
  }

  function ask(): Ask {
    const cursor = lastId();
    const headers: Record<string, string> = cursor && !way.endsWith('-from') ? { 'last-event-id': cursor } : {};
    switch (way) {
      case 'chat': {
        const body = JSON.stringify(run.keyed ?? { prompt: 'x' });
        return { method: 'POST', path: '/chat', headers: { ...headers, 'content-type': 'application/json' }, body };
      }
      case 'streaming-id':
        return { method: 'GET', path: `/chat/streaming?message=x&stream_id=${run.stream_id ?? 'none'}`, headers };
      case 'streaming-from': {
        const from = seen.filter(({ event }) => event === 'token').length;
        return { method: 'GET', path: `/chat/streaming?message=x&stream_id=${run.stream_id}&from=${from}`, headers };
      }
      case 'events-id':
        return { method: 'GET', path: `/runs/${run.run_id}/events`, headers };
      case 'events-from':
        return { method: 'GET', path: `/runs/${run.run_id}/events?from=${seen.length}`, headers };
      case 'ui-id':
        // Whoever has seen nothing says so, or would be told that a run that has ended is nothing to come back to.
        return { method: 'GET', path: `/api/chat/${run.run_id}/stream${cursor ? '' : '?startIndex=0'}`, headers };
      case 'ui-from':
        return { method: 'GET', path: `/api/chat/${run.run_id}/stream?startIndex=${seen.length}`, headers };
    }
  }

  /** Resolves with the status when the connection is over, however it ended; 0 when there was no answer. */
  function connect(breaksAfter: number): Promise<number> {
    const { method, path, headers, body } = ask();
    const parser = createParser({
      // The mark that ends a stream of chunks is no chunk.
      onEvent: ({ id = '', event = '', data }) => data !== '[DONE]' && seen.push({ id, event, data }),
      onError: (error) => {
        throw error;
      },
    });
    const call = request({ host: '127.0.0.1', port: run.port, method, path, headers, agent: false });
    const over = new Promise<number>((resolve) => {
      let status = 0;
      let left = breaksAfter;
      const decoder = new TextDecoder();
      call.on('error', () => {});
      call.on('close', () => {
        if (connection?.call === call) connection = undefined;
        resolve(status);
      });
      call.on('response', (answer) => {
        status = answer.statusCode ?? 0;
        if (connection?.call === call) connection.answer = answer;
        answer.on('error', () => {});
        answer.on('data', (chunk: Buffer) => {
          const taken = chunk.subarray(0, left);
          left -= taken.length;
          if (status === 200) parser.feed(decoder.decode(taken, { stream: true }));
          if (left === 0) call.destroy();
        });
        if (connection?.isPaused) answer.pause();
      });
    });
    connection = { call, isPaused: false, over };
    call.end(body);
    return over;
  }

  const hasEnded = () => {
    const { event = '', data = '' } = seen.at(-1) ?? {};
    return way.startsWith('ui') ? LAST_CHUNK.test(data) : ENDS.has(event);
  };
  const viewer: Viewer = {
    way,
    seen,
    firstIndex,
    open(breaksAfter = Number.POSITIVE_INFINITY) {
      if (!connection && !hasEnded()) void connect(breaksAfter);
    },
    cut() {
      connection?.call.destroy();
    },
    pause() {
      if (connection) connection.isPaused = true;
      connection?.answer?.pause();
    },
    read() {
      if (connection) connection.isPaused = false;
      connection?.answer?.resume();
    },
    async catchUp() {
      viewer.read();
      const deadline = performance.now() + PATIENCE_MS;
      while (!hasEnded()) {
        if (performance.now() > deadline) throw new Error(`${way}: no end after ${PATIENCE_MS} ms`);
        const status = await inTime(connection?.over ?? connect(Number.POSITIVE_INFINITY), way);
        if (status !== 200 && status !== 0) throw new Error(`${way}: status ${status} before the end`);
      }
      await connection?.over;
      if (way === 'streaming-from') return; // asks for tokens, so it is always told the end
      const status = await inTime(connect(Number.POSITIVE_INFINITY), way);
      if (status !== 204) throw new Error(`${way}: status ${status} after the end, not 204`);
    },
  };
  return viewer;
}

function inTime(over: Promise<number>, way: string): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${way}: the stream hangs`)), PATIENCE_MS);
  });
  return Promise.race([over, late]).finally(() => clearTimeout(timer));
}
