import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { saying } from '../engine/testing/scripted-provider.ts';
import { type RawAnswer, rawRequest, type Served, serve } from './testing/serve.ts';

let served: Served;
let port: number;
beforeAll(async () => {
  served = await serve([saying('hello')], { cors_origins: ['https://friend.example'] });
  port = served.port;
});
afterAll(() => served.close());

const json = { 'content-type': 'application/json' };
const pathOf = (pattern: string) => pattern.replace(/:[a-z_]+|\*/g, 'x');
const isWrite = (method: string) => !['GET', 'HEAD', 'OPTIONS'].includes(method);
const hasStopped = (answer: RawAnswer, status: number, code: string) => {
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ error_code: code, message: expect.any(String), details: {} });
};

describe('the guard, over the whole route table', () => {
  it('[L2] the route table is not empty, so that the tests below look at something', () => {
    const listed = served.routes.map(({ method, url }) => `${method} ${url}`);
    for (const route of ['POST /chat', 'PUT /config', 'GET /logs', 'POST /runs/:id/stop', 'GET /health', 'GET /']) {
      expect(listed).toContain(route);
    }
    expect(listed.length).toBeGreaterThan(20);
  });

  it('[L2] only the exact loopback hosts pass, on every route and method', async () => {
    const foreign = [
      `evil.test:${port}`,
      'evil.test',
      `127.0.0.1.evil.test:${port}`,
      `localhost.evil.test:${port}`,
      `127.0.0.1:${port}#`,
      `127.0.0.1:${port + 1}`,
      '127.0.0.1',
      'localhost',
      `0.0.0.0:${port}`,
      `[::]:${port}`,
      `127.1:${port}`,
      `127.0.0.2:${port}`,
      `user@127.0.0.1:${port}`,
      `127.0.0.1:${port}, evil.test`,
      `LOCALHOST.:${port}`,
      '',
    ];
    for (const { method, url } of served.routes) {
      for (const host of foreign) {
        const answer = await rawRequest(port, method, pathOf(url), { ...json, host });
        expect([method, url, host, answer.status]).toEqual([method, url, host, 403]);
      }
    }
  });

  it('[L2] an address that is refused learns which one to take, port and all', async () => {
    const answer = await rawRequest(port, 'GET', '/health', { host: 'chat.test' });
    expect(JSON.parse(answer.body).message).toContain(`http://127.0.0.1:${port} `);
  });

  it('[L2] two Host headers, none, or a full address as target are refused, on every route and method', async () => {
    const good = `127.0.0.1:${port}`;
    for (const { method, url } of served.routes) {
      const path = pathOf(url);
      const shapes: [string, string[]][] = [
        [path, ['Host', good, 'Host', 'evil.test']],
        [path, ['Host', good, 'Host', good]],
        [path, []],
        [`http://${good}${path}`, ['Host', good]],
        [`http://evil.test${path}`, ['Host', good]],
        ['*', ['Host', good]],
      ];
      for (const [target, headers] of shapes) {
        const answer = await rawRequest(port, method, target, ['Content-Type', 'application/json', ...headers]);
        expect([method, target, headers, answer.status]).toEqual([method, target, headers, 403]);
      }
    }
    hasStopped(await rawRequest(port, 'GET', '/health', []), 403, 'FORBIDDEN');
  });

  it('[L2] every loopback name of this port passes', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LocalHost:${port}`, `[::1]:${port}`]) {
      expect((await rawRequest(port, 'GET', '/health', { host })).status).toBe(200);
    }
  });

  it('[L3] no other site writes, on any route: not another port, not null, not a lookalike', async () => {
    const host = `127.0.0.1:${port}`;
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${port + 1}` },
      { origin: `http://localhost:${port}` },
      { origin: `https://127.0.0.1:${port}` },
      { origin: `http://127.0.0.1.evil.test:${port}` },
      { origin: 'http://127.0.0.1' },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'anything' },
      { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'cross-site' },
    ];
    const writes = served.routes.filter(({ method }) => isWrite(method));
    expect(writes.length).toBeGreaterThan(7);
    for (const { method, url } of writes) {
      for (const headers of foreign) {
        const answer = await rawRequest(port, method, pathOf(url), { ...json, host, ...headers }, '{"prompt":"x"}');
        expect([method, url, headers, answer.status]).toEqual([method, url, headers, 403]);
      }
    }
    expect(served.engine.activeCount()).toBe(0);
    expect(served.provider.requests).toHaveLength(0);
  });

  it('[L3] the one GET that starts an answer refuses other sites too, however its path is written', async () => {
    const host = `127.0.0.1:${port}`;
    for (const path of ['/chat/streaming?message=x', '/chat/%73treaming?message=x', '/chat/streaming/?message=x']) {
      const foreign: Record<string, string>[] = [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.test' },
        { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'image' },
        { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' },
      ];
      for (const headers of foreign) {
        hasStopped(await rawRequest(port, 'GET', path, { host, ...headers }), 403, 'FORBIDDEN');
      }
    }
    expect((await rawRequest(port, 'HEAD', '/chat/streaming?message=x', { host })).status).toBe(405);
    expect(served.provider.requests).toHaveLength(0);
  });

  it('[L3] no page of another site loads anything, on any route; links are followed', async () => {
    const host = `127.0.0.1:${port}`;
    const loads: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' },
      {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'cors',
        'sec-fetch-dest': 'empty',
        origin: 'https://evil.test',
      },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    const reads = served.routes.filter(({ method }) => method === 'GET' || method === 'HEAD');
    expect(reads.length).toBeGreaterThan(15);
    for (const { method, url } of reads) {
      for (const headers of loads) {
        const answer = await rawRequest(port, method, pathOf(url), { host, ...headers });
        expect([method, url, headers, answer.status]).toEqual([method, url, headers, 403]);
      }
    }
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    const typed = { ...link, 'sec-fetch-site': 'none' };
    const friend = { ...own, 'sec-fetch-site': 'cross-site', origin: 'https://friend.example' };
    for (const headers of [link, own, typed, friend]) {
      expect((await rawRequest(port, 'GET', '/health', { host, ...headers })).status).toBe(200);
    }
  });

  it('[L4] writes come as JSON, or their body is not even read', async () => {
    const host = `127.0.0.1:${port}`;
    const types = [
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'text/json',
      '',
    ];
    for (const { method, url } of served.routes.filter(({ method }) => isWrite(method))) {
      for (const type of types) {
        const answer = await rawRequest(port, method, pathOf(url), { host, 'content-type': type }, '{"prompt":"x"}');
        expect([method, url, type, answer.status]).toEqual([method, url, type, 415]);
      }
      const untyped = await rawRequest(port, method, pathOf(url), { host }, '{"prompt":"x"}');
      expect([method, url, untyped.status]).toEqual([method, url, 415]);
    }
    expect(served.provider.requests).toHaveLength(0);
  });

  it('[L5] nobody gets CORS headers but an origin that settings list, exactly', async () => {
    const host = `127.0.0.1:${port}`;
    for (const origin of [
      'https://evil.test',
      'null',
      `http://localhost:${port + 1}`,
      'https://friend.example.evil.test',
    ]) {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await rawRequest(port, method, '/providers', { host, origin });
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
    const origin = 'https://friend.example';
    const preflight = await rawRequest(port, 'OPTIONS', '/chat', {
      host,
      origin,
      'access-control-request-method': 'POST',
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': origin, vary: 'Origin' },
    });
    const headers = { ...json, host, origin, 'sec-fetch-site': 'cross-site' };
    const answer = await rawRequest(port, 'POST', '/chat/wait', headers, '{"prompt":"x"}');
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } });
  });

  it('[L8] every answer has the security headers and a request id, errors and streams too', async () => {
    const host = `127.0.0.1:${port}`;
    const ids = new Set<unknown>();
    const asked: [string, string, Record<string, string>, string?][] = [
      ...served.routes
        .filter(({ method }) => method === 'GET')
        .map(({ url }): [string, string, Record<string, string>] => ['GET', pathOf(url), { host }]),
      ['GET', '/nowhere', { host }],
      ['GET', '/%', { host }],
      ['GET', '/health', { host: 'evil.test' }],
      ['POST', '/chat', { ...json, host }, '{"prompt":"x"}'],
      ['POST', '/chat', { ...json, host }, '{'],
    ];
    for (const [method, path, headers, body] of asked) {
      const answer = await rawRequest(port, method, path, headers, body);
      expect(answer.headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-dns-prefetch-control': 'off',
      });
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(answer.headers['x-request-id']).toMatch(/^req_/);
      ids.add(answer.headers['x-request-id']);
    }
    expect(ids.size).toBe(asked.length);
  });

  it('[L7] a GET of every route but the one that says so leaves no trace', async () => {
    const host = `127.0.0.1:${port}`;
    const state = async () => (await rawRequest(port, 'GET', '/api/chat/sessions?limit=200', { host })).body;
    await vi.waitFor(() => expect(served.engine.activeCount()).toBe(0));
    const before = await state();
    for (const { url } of served.routes.filter(({ method, url }) => method === 'GET' && url !== '/chat/streaming')) {
      await rawRequest(port, 'GET', pathOf(url), { host });
    }
    expect(await state()).toBe(before);
  });
});
