/**
 * One keep-alive connection that asks for scripted answers and checks them: every token of the stream, in order,
 * once, and the proper end. Raw sockets, one shared read buffer, so that the client stays cheap.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import { nowMicros } from './clock.ts';
import { ResponseReader } from './response-reader.ts';
import { formatShape, type StreamShape } from './stream-shape.ts';

/** How a contender is asked and what its answer looks like on the wire. */
export interface Dialect {
  path: string;
  /** Beside the usual ones. */
  headers?: Record<string, string>;
  body(model: string, prompt: string): unknown;
  /** What stands right before a token's text in an event. */
  token: string;
  /** What the last event of a complete answer contains. */
  done: string;
}

/** Counts what arrives, over all connections, while it is open. */
export interface Recorder {
  open: boolean;
  tokens: number;
  /** Reads that brought at least one token: tokens / reads is how much was joined on the way. */
  reads: number;
  /** Microseconds from the upstream's write to the client's read, for each token. */
  latencies: number[];
}

export function createRecorder(): Recorder {
  return { open: false, tokens: 0, reads: 0, latencies: [] };
}

export interface Answer {
  tokens: number;
  first_token_us: number;
  /** Why the answer is wrong; absent when it is complete. */
  fault?: string;
}

interface Expected {
  stream: string;
  tokens: number;
  sent_us: number;
  received: Answer;
  finished: boolean;
  resolve(answer: Answer): void;
}

export interface Connection {
  /** Asks for one answer; never rejects. `onFirstToken` runs when output begins. */
  ask(shape: Partial<StreamShape> & { tokens: number }, onFirstToken?: () => void): Promise<Answer>;
  close(): void;
}

const shared = Buffer.allocUnsafe(256 * 1024);
let streams = 0;

/** Reads the tokens of one event; a text of several tokens is taken apart at its spaces. */
function readTokens(text: string, expected: Expected, now: number, recorder: Recorder): number {
  let seen = 0;
  for (const token of text.split(' ')) {
    if (token === '') continue;
    const [stream, index, clock] = token.split('.');
    const answer = expected.received;
    if (stream !== expected.stream || Number(index) !== answer.tokens) {
      answer.fault ??= `expected token ${expected.stream}.${answer.tokens}, got ${token}`;
    }
    if (answer.tokens === 0) answer.first_token_us = now - expected.sent_us;
    answer.tokens += 1;
    seen += 1;
    if (recorder.open) recorder.latencies.push(now - Number.parseInt(clock ?? '', 36));
  }
  return seen;
}

export function connect(port: number, dialect: Dialect, recorder: Recorder): Promise<Connection> {
  const more = Object.entries(dialect.headers ?? {}).map(([name, value]) => `\r\n${name}: ${value}`);
  let expected: Expected | undefined;
  let onFirstToken: (() => void) | undefined;
  let seen = 0;
  let now = 0;

  function end(fault?: string): void {
    if (!expected) return;
    const { received, tokens, finished, resolve } = expected;
    if (received.tokens !== tokens) received.fault ??= `${received.tokens} of ${tokens} tokens`;
    if (!finished) received.fault ??= 'ended without its last event';
    if (fault && (received.fault || !finished)) received.fault = `${fault} (${received.fault})`;
    expected = undefined;
    resolve(received);
  }

  const reader = new ResponseReader({
    event(text) {
      if (!expected) return;
      if (text.includes(dialect.done)) expected.finished = true;
      if (text.startsWith('event: error')) expected.received.fault ??= text;
      const start = text.indexOf(dialect.token);
      if (start < 0) return;
      const from = start + dialect.token.length;
      seen += readTokens(text.slice(from, text.indexOf('"', from)), expected, now, recorder);
    },
    end,
  });

  function onRead(size: number, bytes: Uint8Array): boolean {
    now = nowMicros();
    seen = 0;
    const before = expected?.received.tokens ?? 0;
    reader.push((bytes as Buffer).toString('latin1', 0, size));
    if (seen > 0 && before === 0) onFirstToken?.();
    if (seen > 0 && recorder.open) {
      recorder.tokens += seen;
      recorder.reads += 1;
    }
    return true;
  }

  function ask(socket: Socket, shape: Partial<StreamShape> & { tokens: number }, first?: () => void): Promise<Answer> {
    streams += 1;
    const stream = streams.toString(36);
    const body = JSON.stringify(dialect.body(formatShape(shape), `bench ${stream}`));
    const head = `POST ${dialect.path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\naccept: text/event-stream${more.join('')}`;
    onFirstToken = first;
    reader.reset();
    return new Promise((resolve) => {
      const received: Answer = { tokens: 0, first_token_us: Number.NaN };
      expected = { stream, tokens: shape.tokens, sent_us: nowMicros(), received, finished: false, resolve };
      if (socket.destroyed) return end('the connection is closed');
      socket.write(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`, 'latin1');
    });
  }

  return new Promise((resolve, reject) => {
    const socket = connectSocket({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: shared, callback: onRead },
    });
    socket.once('connect', () =>
      resolve({ ask: (shape, first) => ask(socket, shape, first), close: () => socket.destroy() }),
    );
    socket.on('error', (error) => {
      reject(error);
      end(error.message);
    });
    socket.on('close', () => end('the connection was closed'));
  });
}
