/** Local mode: who may ask, how a request must look, and what every answer has. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractServer, startContractServer, until } from './support/contract-server.ts';
import type { Json } from './support/event-stream.ts';
import { rawRequest } from './support/raw-request.ts';
import { errorShape } from './support/shapes.ts';

let on: ContractServer;
let port: number;
const FRIEND = 'https://friend.example';
beforeAll(async () => {
  on = await startContractServer({ settings: `cors_origins: ["${FRIEND}"]\nretry: { attempts: 0, delay_ms: 0 }` });
  port = on.server.port;
});
afterAll(() => on?.stop());

const chat = { prompt: 'Go.', provider_id: 'up', model_id: 'ok' };
const refused = (answer: { status: number; json?: Json; body?: string }) => ({
  status: answer.status,
  body: answer.json ?? JSON.parse(answer.body ?? ''),
});

describe('every answer', () => {
  it('[CW-6] has an x-request-id of its own, whatever it is', async () => {
    const { id } = await on.start('ok');
    await on.ended(id);
    const answers = [
      await on.get('/'),
      await on.get('/health'),
      await on.get('/ready'),
      await on.get('/providers'),
      await on.get('/models/none'),
      await on.get('/config'),
      await on.get('/logs'),
      await on.get('/nowhere'),
      await on.get('/%'),
      await on.get(`/runs/${id}`),
      await on.get(`/runs/${id}/events`),
      await on.get(`/runs/${id}/events?from=99`),
      await on.post('/chat', chat),
      await on.post('/chat/wait', chat),
      await on.post('/chat', {}),
      await on.post('/chat', undefined, { 'content-type': 'text/plain' }),
      await on.get('/api/chat/sessions'),
      await on.get('/chat/streaming?message=x', { 'sec-fetch-site': 'cross-site' }),
    ];
    const ids = answers.map(({ headers }) => headers.get('x-request-id'));
    for (const one of ids) expect(one).toMatch(/\S{8}/);
    expect(new Set(ids).size).toBe(answers.length);
  });

  it('[CW-6] that is an error has the one shape', async () => {
    const missing = await on.get('/nowhere');
    expect(refused(missing)).toEqual({ status: 404, body: errorShape('NOT_FOUND') });
    expect(missing.json.details).toBeDefined();
    for (const body of ['{', '{"prompt": "x"', '{"prompt": "x"}}', "{'prompt': 'x'}"]) {
      const head = [
        'POST /chat/wait HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
      ];
      const answer = await rawRequest(port, head, body);
      expect(refused(answer)).toEqual({ status: 400, body: errorShape('INVALID_REQUEST') });
      expect(JSON.parse(answer.body).details).toEqual({
        issues: [{ path: expect.any(String), message: expect.any(String) }],
      });
    }
    expect(refused(await on.get('/%'))).toEqual({ status: 400, body: errorShape('INVALID_REQUEST') });
  });

  it('[LC-004] /health and /ready say so while all is well', async () => {
    const health = await on.get('/health');
    expect({ status: health.status, body: health.json }).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(health.json).not.toHaveProperty('config_error');
    expect((await on.get('/ready')).status).toBe(200);
  });
});

describe('a request', () => {
  it('[L2] passes an exact Host allow-list', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      expect((await rawRequest(port, ['GET /health HTTP/1.1', `Host: ${host}`])).status).toBe(200);
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `0.0.0.0:${port}`,
    ]) {
      for (const path of ['/health', '/', '/config']) {
        const answer = await rawRequest(port, [`GET ${path} HTTP/1.1`, `Host: ${host}`]);
        expect({ host, ...refused(answer) }).toEqual({ host, status: 403, body: errorShape('FORBIDDEN') });
      }
    }
  });

  it('[L4] that writes is JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await on.post('/chat', chat, { 'content-type': type });
      expect({ type, ...refused(answer) }).toEqual({ type, status: 415, body: errorShape('UNSUPPORTED_MEDIA_TYPE') });
    }
    expect((await on.post('/chat', chat, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
  });

  it('[L3] that writes comes from no other site', async () => {
    const started = on.upstream.count('ok');
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${port + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    const { document } = { document: (await on.get('/config')).json };
    for (const headers of foreign) {
      for (const answer of [
        await on.post('/chat', chat, headers),
        await on.call('PUT', '/config', document, headers),
        await on.post('/api/chat/sessions', {}, headers),
      ]) {
        expect({ headers, ...refused(answer) }).toEqual({ headers, status: 403, body: errorShape('FORBIDDEN') });
      }
    }
    expect(on.upstream.count('ok')).toBe(started);
    const own = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
    expect((await on.post('/chat/wait', chat, own)).status).toBe(200);
  });

  it('[L5] gets CORS headers only from an origin that settings list, from the moment they do', async () => {
    for (const origin of ['https://evil.example', `${FRIEND}.evil.example`, 'null']) {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await on.call(method, '/providers', undefined, {
          origin,
          'access-control-request-method': 'POST',
        });
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    }
    const answer = await on.post('/chat/wait', chat, { origin: FRIEND, 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(FRIEND);
    const preflight = await on.call('OPTIONS', '/chat', undefined, {
      origin: FRIEND,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    });
    expect(preflight.status).toBeLessThan(300);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/content-type/i);

    const { json } = await on.get('/config');
    await on.call('PUT', '/config', { ...json, cors_origins: [] });
    await until(
      () => on.get('/providers', { origin: FRIEND }),
      ({ headers }) => headers.get('access-control-allow-origin') === null,
    );
  });
});
