import { ERROR_CODES } from '@lightchat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest, type Served, serve } from '../../testing/serve.ts';
import { html, phrase, prose } from './html.ts';
import type { OpenApi } from './open-api.ts';

let served: Served;
let page: string;
let api: OpenApi;
beforeAll(async () => {
  served = await serve([]);
  const answer = await fetch(`${served.url}/docs`);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  page = await answer.text();
  api = (await (await fetch(`${served.url}/openapi.json`)).json()) as OpenApi;
});
afterAll(() => served?.close());

describe('GET /docs', () => {
  it('[CW-7] shows every route, every schema and every error, each at an address of its own', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const methods of Object.values(api.paths)) {
      for (const { operationId, summary } of Object.values(methods)) {
        expect(ids).toContain(operationId);
        expect(page).toContain(html`${summary}`.text);
      }
    }
    for (const name of Object.keys(api.components.schemas)) expect(ids).toContain(`schema-${name}`);
    for (const code of Object.keys(ERROR_CODES)) expect(ids).toContain(`error-${code}`);
  });

  it('[CW-7] has no link that leads nowhere, and no address twice', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/ href="#([^"]*)"/g)].map(([, to = '']) => to);
    expect(links.length).toBeGreaterThan(100);
    for (const link of links) expect(ids).toContain(link);
  });

  it('[L8] runs no script of its own and asks nobody else for anything', () => {
    const scripts = [...page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, head, body]) => [head, body]);
    expect(scripts).toEqual([[' src="/theme.js"', '']]);
    expect(page).not.toMatch(/ on\w+=|javascript:/);
    for (const [, to] of page.matchAll(/ (?:src|href|action)="([^"]*)"/g)) expect(to).toMatch(/^[#/](?!\/)/);
    expect(page).not.toMatch(/@import|url\(/);
  });

  it('[CW-7] its lines to copy name the address the reader came by', async () => {
    expect(page).toContain(`curl -N http://127.0.0.1:${served.port}/chat \\\n`);
    const other = await rawRequest(served.port, 'GET', '/docs', { host: `localhost:${served.port}` });
    expect(other.body).toContain(`curl http://localhost:${served.port}/health<`);
    expect(other.body).not.toContain('127.0.0.1');
  });
});

it('[L8] text in markup stays text, whatever it is', () => {
  const bad = `<img src=x onerror="alert(1)">&'`;
  const safe = '&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#38;&#39;';
  expect(html`<p>${bad}</p>${[bad, html`<b>${bad}</b>`]}${false}${undefined}`.text).toBe(
    `<p>${safe}</p>${safe}<b>${safe}</b>`,
  );
  expect(prose(`a \`<b>\`\n\n${bad}`).text).toBe(`<p>a <code>&#60;b&#62;</code></p><p>${safe}</p>`);
  expect(phrase('`x` and y').text).toBe('<code>x</code> and y');
});
