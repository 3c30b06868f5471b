import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from './testing/serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve([[[{ type: 'text-delta', text: 'first' }], 'hang']]);
});
afterAll(() => served.close());

/** Everything that comes back until the server closes the connection. `more.bytes` follow when `more.after` was seen. */
function exchange(bytes: string, more?: { after: string; bytes: string }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(served.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let text = '';
    let told = false;
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (!more || told || !text.includes(more.after)) return;
      told = true;
      socket.write(more.bytes, 'latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

describe('what is not a request', () => {
  it('[L8] is answered with the one error shape, the security headers and an id', async () => {
    const host = `Host: 127.0.0.1:${served.port}\r\n`;
    const json = 'Content-Type: application/json\r\n';
    const unreadable: [bytes: string, status: number][] = [
      ['this is not HTTP\r\n\r\n', 400],
      ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', 400],
      [`POST /chat HTTP/1.1\r\n${host}${json}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
      [`POST /chat HTTP/1.1\r\n${host}${json}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`, 400],
      [`GET /health HTTP/1.1\r\n${host}X: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ];
    for (const [bytes, status] of unreadable) {
      const [head = '', body = ''] = (await exchange(bytes)).split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(head).toMatch(/\r\nx-request-id: req_\w+/);
      expect(head).toContain("\r\ncontent-security-policy: default-src 'self'");
      expect(head).toContain('\r\nx-content-type-options: nosniff');
      expect(JSON.parse(body)).toEqual({ error_code: 'INVALID_REQUEST', message: expect.any(String), details: {} });
    }
  });

  it('[L2] a request without a Host, or with an expectation nobody knows, gets an answer like any other', async () => {
    const nowhere = await exchange('GET /health HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(nowhere).toMatch(/^HTTP\/1.1 403 [\s\S]*x-request-id: req_[\s\S]*"error_code":"FORBIDDEN"/);
    const host = `Host: 127.0.0.1:${served.port}\r\n`;
    const expecting = await exchange(`GET /health HTTP/1.1\r\n${host}Expect: miracles\r\nConnection: close\r\n\r\n`);
    expect(expecting).toMatch(/^HTTP\/1.1 200 [\s\S]*x-request-id: req_/);
  });

  it('[CW-3] nothing is written into the middle of an answer that is being streamed', async () => {
    const body = '{"prompt":"x"}';
    const head = `POST /chat HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nContent-Type: application/json\r\n`;
    const request = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    const text = await exchange(request, { after: 'first', bytes: 'this is not HTTP\r\n\r\n' });
    expect(text).toContain('first');
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});
