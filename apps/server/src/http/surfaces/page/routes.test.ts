import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acceptsEncoding } from './accepts-encoding.ts';
import { pageSurface } from './routes.ts';

let folder: string;
let app: FastifyInstance;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>plain');
  writeFileSync(join(folder, 'index.html.br'), 'br bytes');
  writeFileSync(join(folder, 'index.html.gz'), 'gzip bytes');
  writeFileSync(join(folder, 'assets/main-abc.js'), 'let x;');
  app = Fastify();
  pageSurface(app, folder);
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

it('[LC-015] the document is asked for anew, hashed files are kept', async () => {
  for (const url of ['/', '/index.html', '/c/conv_1']) {
    const { body, headers } = await get(url);
    expect(body).toBe('<!doctype html>plain');
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
  }
  const { body, headers } = await get('/assets/main-abc.js');
  expect(body).toBe('let x;');
  expect(headers['content-type']).toMatch(/javascript; charset=utf-8$/);
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

it('[LC-015] who can read a smaller file gets that one, under the type of the whole', async () => {
  const best = await get('/', { 'accept-encoding': 'gzip, deflate, br' });
  expect([best.body, best.headers['content-encoding'], best.headers.vary]).toEqual([
    'br bytes',
    'br',
    'accept-encoding',
  ]);
  expect(best.headers['content-type']).toBe('text/html; charset=utf-8');
  expect((await get('/', { 'accept-encoding': 'gzip' })).body).toBe('gzip bytes');
  expect((await get('/', { 'accept-encoding': 'br;q=0' })).body).toBe('<!doctype html>plain');
  expect(acceptsEncoding(undefined, 'br')).toBe(false);
});

it('[LC-015] what has not changed is not sent again', async () => {
  const { headers } = await get('/');
  const again = await get('/', { 'if-none-match': String(headers.etag) });
  expect([again.statusCode, again.body]).toEqual([304, '']);
});

it('[L8] nothing but the files of the page can be had', async () => {
  for (const url of [
    '/index.html.br',
    '/assets',
    '/assets/',
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/x',
  ]) {
    expect([url, (await get(url)).statusCode]).toEqual([url, 404]);
  }
});
