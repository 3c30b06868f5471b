/** The page as it is served; what it does is tested in a browser. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';
import { type Calls, callsTo } from './support/contract-server.ts';

let server: TestServer;
let on: Calls;
beforeAll(async () => {
  server = await startServer();
  on = callsTo(server);
});
afterAll(() => server?.stop());

it('[LC-001] the page is at /, and at the address of a conversation', async () => {
  for (const path of ['/', '/c/conv_any']) {
    const page = await on.get(path);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.text).toMatch(/^<!doctype html>/i);
    expect(page.text).toMatch(/<html[^>]* lang=/);
  }
});

it('[L8] the page asks for nothing from another origin, and may not', async () => {
  const page = await on.get('/');
  const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(1);
  for (const link of links) {
    expect(link).toMatch(/^\/(?!\/)/);
    expect((await on.get(link)).status).toBe(200);
  }
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
});
