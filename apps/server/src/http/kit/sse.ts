/**
 * Server-sent events on a raw response. Whoever reads too slowly costs nobody anything: what it has
 * not read stays in the log, and after a while it is cut off and can come back with its cursor.
 * Format: WHATWG HTML, section 9.2 (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Bytes waiting in the socket above which we wait for the viewer; well under the limit of `viewer_bytes`. */
const HIGH_WATER = 65_536;
/** A viewer that takes nothing at all for this long is cut off; one that is merely slow never is. */
const STALLED_MS = 5000;

export interface SseOptions {
  /** A comment goes out after this much silence, so that proxies keep the connection. */
  heartbeat_ms: number;
  /** Bytes that may wait for this viewer at most. */
  viewer_bytes: number;
}

export interface SseStream {
  /** Aborts when the viewer is gone. */
  readonly signal: AbortSignal;
  /**
   * False when the viewer is gone. Resolves when the next piece may be written. Who does not wait for that
   * is cut off once more than `viewer_bytes` wait.
   */
  write(text: string): Promise<boolean> | true | false;
  end(): void;
  /** Breaks the connection in the middle, so that nobody takes what came for all there is. */
  cut(): void;
}

/** Takes the response over from Fastify. The headers go out with the first event, or alone when there is none yet. */
export function openSse(reply: FastifyReply, options: SseOptions, stalledMs = STALLED_MS): SseStream {
  reply.hijack();
  const response = reply.raw;
  const gone = new AbortController();
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  const isChunked = frameOurselves(response);
  const send = (text: string) => {
    const { socket } = response;
    // Node's own cork would hold the text back until a later tick.
    socket?.cork();
    response.write(isChunked ? chunk(text) : text);
    socket?.uncork();
  };
  // The first event usually follows in this turn and then shares one trip with the headers.
  setImmediate(() => {
    if (!response.destroyed && !response.writableEnded) response.flushHeaders();
  });
  const heartbeat = setInterval(() => {
    if (response.writableLength === 0) send(': keep-alive\n\n');
  }, options.heartbeat_ms);
  heartbeat.unref();
  const leave = () => {
    clearInterval(heartbeat);
    // Without a reason of ours, every stream's end would make an error with a stack.
    gone.abort('gone');
  };
  // Who left before the stream began has been 'close'd already.
  if (response.destroyed) leave();
  else response.on('close', leave);
  // A reset connection is the viewer's business; 'close' follows.
  response.on('error', () => {});
  let taking: Promise<boolean> | undefined;

  return {
    signal: gone.signal,
    write(text) {
      if (response.destroyed) return false;
      if (taking && response.writableLength > options.viewer_bytes) {
        response.destroy();
        return false;
      }
      heartbeat.refresh();
      send(text);
      if (response.writableLength <= HIGH_WATER) return true;
      taking ??= drained(response, stalledMs).finally(() => {
        taking = undefined;
      });
      return taking;
    },
    cut() {
      clearInterval(heartbeat);
      response.destroy();
    },
    end() {
      clearInterval(heartbeat);
      if (isChunked && !response.destroyed) response.write(LAST_CHUNK);
      response.end();
      // The last piece may wait for a viewer that takes nothing, as any other.
      if (!response.writableFinished) response.setTimeout(stalledMs, () => response.destroy());
    },
  };
}

const LAST_CHUNK = '0\r\n\r\n';

/**
 * Node sends a chunk in three pieces, which costs as much as everything else that is done for a token; a chunk framed
 * here (RFC 9112, section 7.1) goes out as one string. Answers whether the body is chunked: not so for HTTP/1.0.
 */
function frameOurselves(response: ServerResponse): boolean {
  const { chunkedEncoding } = response;
  response.chunkedEncoding = false;
  return chunkedEncoding;
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** True when the viewer has taken what waited; false when it is gone or was cut off for taking nothing. */
function drained(response: ServerResponse, stalledMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (alive: boolean) => {
      response.setTimeout(0);
      response.off('timeout', onStalled);
      response.off('drain', onDrain);
      response.off('close', onClose);
      resolve(alive);
    };
    const onDrain = () => done(true);
    const onClose = () => done(false);
    const onStalled = () => response.destroy();
    // Not a timer of our own: a socket's timeout starts anew whenever a part of what waits was taken.
    response.setTimeout(stalledMs);
    response.on('timeout', onStalled);
    response.on('drain', onDrain);
    response.on('close', onClose);
  });
}

/** One event. `data` must be a single line, as JSON is. */
export function sseEvent(fields: { id?: string; event?: string; data: string }): string {
  const id = fields.id === undefined ? '' : `id: ${fields.id}\n`;
  const event = fields.event === undefined ? '' : `event: ${fields.event}\n`;
  return `${id}${event}data: ${fields.data}\n\n`;
}
