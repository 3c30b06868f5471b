import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { openSse, type SseStream } from './sse.ts';

let app: FastifyInstance | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app?.close();
});

/** The server's end of a stream, and a client that takes nothing unless it is told to. */
async function open(options: {
  viewer_bytes?: number;
  heartbeat_ms?: number;
  stalledMs?: number;
  wait?: () => unknown;
  /** Of the request. */
  head?: string;
}) {
  const { promise, resolve } = Promise.withResolvers<SseStream>();
  app = Fastify({ forceCloseConnections: true });
  app.get('/', async (_request, reply) => {
    await options.wait?.();
    const limits = { viewer_bytes: options.viewer_bytes ?? 262_144, heartbeat_ms: options.heartbeat_ms ?? 60_000 };
    resolve(openSse(reply, limits, options.stalledMs));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  sockets.push(client);
  client.on('error', () => {});
  client.pause();
  client.write(options.head ?? 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return { client, stream: promise };
}

/** More than the system's own buffers of a loopback connection hold. */
const HUGE = 'x'.repeat(32 * 1024 * 1024);

describe('an event stream', () => {
  it('[C4] cuts off a viewer that takes nothing', async () => {
    const opened = await open({ stalledMs: 200 });
    const stream = await opened.stream;
    expect(await stream.write(HUGE)).toBe(false);
    expect(stream.signal.aborted).toBe(true);
    expect(stream.write('more')).toBe(false);
  });

  it('[C4] cuts off a viewer that does not take the end', async () => {
    const opened = await open({ stalledMs: 200 });
    const stream = await opened.stream;
    void stream.write(HUGE);
    stream.end();
    await once(stream.signal, 'abort');
  });

  it('[C4] leaves a connection that took everything open for the next request', async () => {
    const opened = await open({ stalledMs: 200 });
    opened.client.resume();
    const stream = await opened.stream;
    await stream.write('all');
    stream.end();
    await sleep(600);
    expect(opened.client.destroyed || opened.client.readableEnded).toBe(false);
  });

  it('[C4] never cuts off a viewer that is slow but goes on', async () => {
    const stalledMs = 1000;
    const { client, stream } = await open({ stalledMs });
    const began = performance.now();
    const written = (await stream).write(HUGE);
    let taking = true;
    const slowly = (async () => {
      while (taking) {
        client.read();
        await sleep(5);
      }
    })();
    expect(await written).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(stalledMs);
    taking = false;
    await slowly;
  });

  it('[C4] one piece may be larger than what may wait, in any script', async () => {
    const opened = await open({ viewer_bytes: 1000 });
    opened.client.resume();
    const stream = await opened.stream;
    for (let piece = 0; piece < 3; piece += 1) expect(await stream.write('永'.repeat(1_000_000))).toBe(true);
  });

  it('[C4] who writes without waiting fills one viewer up to its bound, with one listener', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => void warnings.push(warning);
    process.on('warning', warned);
    const opened = await open({ viewer_bytes: 2_000_000 });
    const stream = await opened.stream;
    let pieces = 0;
    while (stream.write('x'.repeat(100_000)) !== false) pieces += 1;
    expect(pieces).toBeGreaterThan(10);
    expect(pieces).toBeLessThan(200);
    await sleep(0);
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });

  it('[C1] a viewer that left before the stream began is known to be gone', async () => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const opened = await open({ wait: () => left });
    const [socket] = (await once(app?.server ?? opened.client, 'request')).map((part) => part.socket as Socket);
    opened.client.destroy();
    if (socket && !socket.destroyed) await once(socket, 'close');
    leave();
    const stream = await opened.stream;
    expect(stream.signal.aborted).toBe(true);
    expect(stream.write('x')).toBe(false);
  });

  it('[CW-2] keeps a silent connection alive with comments', async () => {
    const { client } = await open({ heartbeat_ms: 20 });
    let text = '';
    for await (const chunk of client) {
      text += chunk;
      if (text.split(': keep-alive\n\n').length > 3) break;
    }
    expect(text).toContain('content-type: text/event-stream');
  });

  for (const [version, header, isKept] of [
    ['1.1', '', true],
    ['1.1', 'Connection: close\r\n', false],
    ['1.0', '', false],
    ['1.0', 'Connection: keep-alive\r\n', false],
  ] as const) {
    it(`[CW-2] says what becomes of the connection, and keeps its word: HTTP/${version} ${header.trim()}`, async () => {
      const opened = await open({ head: `GET / HTTP/${version}\r\nHost: x\r\n${header}\r\n` });
      const stream = await opened.stream;
      stream.write('data: 1\n\n');
      stream.end();
      let text = '';
      opened.client.on('data', (piece) => {
        text += piece;
        if (isKept && text.endsWith('0\r\n\r\n')) opened.client.destroy();
      });
      opened.client.resume();
      await once(opened.client, 'close');
      expect(/^connection: (.*)\r$/im.exec(text)?.[1]).toBe(isKept ? 'keep-alive' : 'close');
      expect(text).toContain('data: 1\n\n');
    });
  }
});
