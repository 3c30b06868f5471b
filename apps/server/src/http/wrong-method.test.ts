/** A known address that is asked in a way it does not take. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limitsSchema } from '@lightchat/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rawRequest, type Served, serve } from './testing/serve.ts';

let served: Served;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-page-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>0123456789');
  served = await serve([['hang']], {}, { pageFolder: folder });
});
afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  rawRequest(served.port, method, path, { host: `127.0.0.1:${served.port}`, ...headers });

it('[CW-6] every path answers a method it does not have with 405 and those it has', async () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
  const paths = new Map<string, string[]>();
  for (const { method, url } of served.routes) paths.set(url, [...(paths.get(url) ?? []), method]);
  expect(paths.size).toBeGreaterThan(20);
  for (const [pattern, has] of paths) {
    const path = pattern.replace(/:\w+/g, 'x');
    const others = methods.filter(
      (method) => !served.routes.some((route) => route.method === method && fits(route.url, path)),
    );
    for (const method of others) {
      const answer = await ask(method, path);
      expect({ method, path, status: answer.status }).toEqual({ method, path, status: 405 });
      const allowed = answer.headers.allow?.split(', ') ?? [];
      for (const one of has) expect(allowed).toContain(one);
      if (method === 'HEAD') continue;
      const body = JSON.parse(answer.body);
      if (path.startsWith('/v1')) expect(body.error).toMatchObject({ code: 'method_not_allowed' });
      else
        expect(body).toMatchObject({
          error_code: 'METHOD_NOT_ALLOWED',
          message: expect.stringContaining(has[0] ?? ''),
        });
    }
  }
  expect((await ask('DELETE', '/nowhere')).status).toBe(404);
  expect((await ask('DELETE', '/nowhere')).headers.allow).toBeUndefined();
});

it('[CW-6] a part of the page behind its end is 416, one within it 206', async () => {
  const behind = await ask('GET', '/', { range: 'bytes=9999-' });
  expect(behind.status).toBe(416);
  expect(JSON.parse(behind.body)).toMatchObject({ error_code: 'RANGE_NOT_SATISFIABLE' });
  const within = await ask('GET', '/', { range: 'bytes=15-17' });
  expect([within.status, within.body]).toEqual([206, '012']);
});

it('[L16] who is refused because too much is at work is told when to come back', async () => {
  const limited = await serve([['hang']], { limits: limitsSchema.parse({ active_runs: 1 }) });
  const start = () =>
    fetch(`${limited.url}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"prompt":"x"}',
    });
  expect((await start()).status).toBe(202);
  const refused = await start();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  await limited.close();
});

function fits(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+').replace(/\*/g, '.*')}$`).test(path);
}
