import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saying } from '../../engine/testing/scripted-provider.ts';
import { type Served, serve } from '../testing/serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve([saying('hello')]);
});
afterAll(() => served.close());

/** Sends the head, then the body when the answer is there already, then another request on the same connection. */
function sendLate(head: string, body: string): Promise<string> {
  return new Promise((resolve) => {
    const host = `Host: 127.0.0.1:${served.port}\r\n`;
    const socket = connect(served.port, '127.0.0.1', () => {
      socket.write(`${head}${host}Content-Length: ${body.length}\r\n\r\n`);
    });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      if (text === '') socket.write(`${body}GET /health HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

it('[L16] who sends too much, or the wrong thing, may finish sending, so that the answer is read', async () => {
  const json = 'Content-Type: application/json\r\n';
  const refused: [head: string, status: number][] = [
    [`POST /chat HTTP/1.1\r\n${json}`, 413],
    [`PUT /config HTTP/1.1\r\n${json}`, 400],
    ['POST /chat HTTP/1.1\r\nContent-Type: text/plain\r\n', 415],
  ];
  for (const [head, status] of refused) {
    const text = await sendLate(head, ' '.repeat(20_000_000));
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*"error_code"[\\s\\S]*HTTP/1.1 200 `));
  }
});

it('[L16] not for ever', async () => {
  const text = await sendLate('POST /chat HTTP/1.1\r\nContent-Type: text/plain\r\n', ' '.repeat(80_000_000));
  expect(text).toMatch(/^HTTP\/1\.1 415 /);
  expect(text).not.toContain('HTTP/1.1 200 ');
});
