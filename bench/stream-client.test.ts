import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { connect, createRecorder, type Dialect } from './stream-client.ts';
import { formatToken } from './stream-shape.ts';

const dialect: Dialect = {
  path: '/chat',
  body: (model, prompt) => ({ model, prompt }),
  token: '"token":"',
  done: 'event: done\n',
};

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const token = (stream: string, index: number) => `data: {"token":"${formatToken(stream, index, 1000)}"}\n\n`;
const HEAD = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const DONE = `${chunk('event: done\ndata: {}\n\n')}0\r\n\r\n`;

let server: Server | undefined;
afterEach(() => server?.close());

/** Asks for three tokens from a server that writes what `answer` makes of the stream's name, one piece per write. */
async function ask(answer: (stream: string) => string[]) {
  const listening = createServer((socket) => {
    socket.on('data', (bytes) => {
      const stream = /bench (\w+)"/.exec(bytes.toString())?.[1] ?? '';
      for (const piece of answer(stream)) socket.write(piece);
      socket.end();
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const recorder = createRecorder();
  recorder.open = true;
  const connection = await connect(port, dialect, recorder);
  const result = await connection.ask({ tokens: 3 });
  connection.close();
  return { result, recorder };
}

describe('the load client', () => {
  test('takes a complete answer, however it is cut into pieces', async () => {
    const { result, recorder } = await ask((stream) => {
      const whole = HEAD + [0, 1, 2].map((index) => chunk(token(stream, index))).join('') + DONE;
      return whole.split('');
    });
    expect(result).toMatchObject({ tokens: 3 });
    expect(result.fault).toBeUndefined();
    expect(recorder.latencies).toHaveLength(3);
  });

  test('notices a missing token', async () => {
    const { result } = await ask((stream) => [HEAD, chunk(token(stream, 0)), chunk(token(stream, 2)), DONE]);
    expect(result.fault).toMatch(/expected token \w+\.1, got \w+\.2/);
  });

  test('notices a token of another stream', async () => {
    const { result } = await ask((stream) => [HEAD, chunk(token(`${stream}x`, 0)), DONE]);
    expect(result.fault).toMatch(/expected token/);
  });

  test('notices an answer that ends early, without its last event, or as an error', async () => {
    const tokens = (stream: string) => [0, 1, 2].map((index) => chunk(token(stream, index)));
    const early = await ask((stream) => [HEAD, chunk(token(stream, 0)), DONE]);
    expect(early.result.fault).toBe('1 of 3 tokens');
    const unfinished = await ask((stream) => [HEAD, ...tokens(stream), '0\r\n\r\n']);
    expect(unfinished.result.fault).toBe('ended without its last event');
    const cut = await ask((stream) => [HEAD, ...tokens(stream)]);
    expect(cut.result.fault).toMatch(/the connection was closed/);
    const failed = await ask((stream) => [HEAD, ...tokens(stream), chunk('event: error\ndata: {}\n\n'), DONE]);
    expect(failed.result.fault).toMatch(/event: error/);
  });

  test('takes anything but a stream for a fault and says what it was', async () => {
    const { result } = await ask(() => ['HTTP/1.1 429 Too Many Requests\r\ncontent-length: 2\r\n\r\n{}']);
    expect(result.fault).toMatch(/429 Too Many Requests/);
  });
});
