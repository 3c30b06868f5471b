import type { Dispatcher } from 'undici';
import type { Http } from '../kit/upstream-http.ts';

export interface PlayedResponse {
  status?: number;
  headers?: Record<string, string>;
  chunks: readonly Buffer[];
  /** The connection breaks after the chunks. */
  broken?: Error;
}

export interface BytePlayer extends Http {
  /** Bytes handed over so far. */
  delivered: number;
  aborted: boolean;
  /** Of the requests. */
  bodies: string[];
}

/** Answers every request with these bytes in exactly these pieces, without a socket. Waits while paused. */
export function playBytes(response: PlayedResponse): BytePlayer {
  const player: BytePlayer = {
    delivered: 0,
    aborted: false,
    bodies: [],
    dispatch(request, handler) {
      player.bodies.push(String(request.body));
      let paused = false;
      const left = [...response.chunks];
      const controller: Dispatcher.DispatchController = {
        get aborted() {
          return player.aborted;
        },
        get paused() {
          return paused;
        },
        reason: null,
        abort() {
          player.aborted = true;
        },
        pause() {
          paused = true;
        },
        resume() {
          paused = false;
          setImmediate(play);
        },
      };
      function play(): void {
        while (!paused && !player.aborted) {
          const chunk = left.shift();
          if (!chunk) {
            if (response.broken) handler.onResponseError?.(controller, response.broken);
            else handler.onResponseEnd?.(controller, {});
            return;
          }
          player.delivered += chunk.length;
          handler.onResponseData?.(controller, chunk);
        }
      }
      setImmediate(() => {
        handler.onRequestStart?.(controller, undefined);
        handler.onResponseStart?.(controller, response.status ?? 200, response.headers ?? {}, '');
        play();
      });
      return true;
    },
  };
  return player;
}

/** `bytes` in pieces, cut at these offsets. */
export function cut(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  const edges = [0, ...offsets.toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}
