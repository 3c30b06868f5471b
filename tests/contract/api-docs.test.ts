/** docs/api.md: every route is there, every line works as printed, every figure is the one in force. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ERROR_CODES, type ErrorCode, limitsSchema } from '@lightchat/protocol';
import { ERROR_MEANINGS } from '@lightchat/protocol/error-meanings';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';

const page = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
const sections = page.split(/^### /m).slice(1);
const routes = sections
  .map((text) => ({ name: text.slice(0, text.indexOf('\n')).trim(), block: blockOf(text) }))
  .filter(({ name }) => /^[A-Z]+ \//.test(name));
/** What the reader does in one terminal, from top to bottom. */
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lightchat-docs-'));
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('[CW-7] every route of the app is documented, once, and no other', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.map(({ name }) => name).sort()).toEqual(all.sort());
});

it('[CW-7] under each route stands a line that asks it', () => {
  for (const { name, block } of routes) {
    const [method = '', path = ''] = name.split(' ');
    const pattern = path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, String.raw`[^\s?'"]+`);
    const requests = block.split(/^(?=curl )/m).filter((text) => text.startsWith('curl '));
    const asks = (text: string) =>
      new RegExp(String.raw`http://127\.0\.0\.1:8000${pattern}(?=[\s?'"]|$)`).test(text) && methodOf(text) === method;
    expect({ name, asked: requests.some(asks) }).toEqual({ name, asked: true });
  }
});

it('[CW-7] every line works as it is printed, with the status that stands behind it', {
  timeout: 120_000,
}, async () => {
  // Statuses go to their own file, so that what the reader sees stays what it is.
  const wrapped = `curl() { command curl -s -w '%{stderr}%{http_code}\\n' "$@" 2>> statuses; }\n`;
  const script = wrapped + blocks.map((text, at) => `echo 'block ${at}' >> statuses\n${text}`).join('\n');
  await promisify(execFile)('bash', ['-c', script.replaceAll('127.0.0.1:8000', `127.0.0.1:${server.port}`)], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  }).catch(() => undefined); // a stream that stays open is left after a while, and curl says so
  const seen = (await readFile(join(folder, 'statuses'), 'utf8')).split(/^block \d+\n/m).slice(1);
  const promised = blocks.map((text) => [...text.matchAll(/ # (\d{3})$/gm)].map(([, status]) => status));
  for (const [at, text] of blocks.entries()) {
    expect(promised[at], text).toHaveLength(text.split(/^curl /m).length - 1);
    expect({ text, statuses: seen[at]?.trim().split('\n') }).toEqual({ text, statuses: promised[at] });
  }
});

it('[CW-6] the error that is shown is the one that is sent, here and at /docs', async () => {
  const [, shown = ''] = /^```json\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const sent = (await (await fetch(`${server.url}/models/nobody`)).json()) as { message: string };
  expect(JSON.parse(shown)).toEqual(sent);
  expect(await (await fetch(`${server.url}/docs`)).text()).toContain(sent.message);
});

it('[CW-7] every event of POST /chat is named', async () => {
  const api = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: { '/chat': { post: { responses: { 200: { content: Record<string, { 'x-events'?: object }> } } } } };
  };
  const answer = api.paths['/chat'].post.responses[200].content['text/event-stream'];
  const events = Object.keys(answer?.['x-events'] ?? {});
  expect(events).toContain('start');
  const text = sections.find((section) => section.startsWith('POST /chat\n')) ?? '';
  expect(events.filter((name) => name !== 'message' && !text.includes(`\`${name}\``))).toEqual([]);
});

it('[CW-6] the table of errors is the one in force', () => {
  const codes = Object.entries(ERROR_CODES) as [ErrorCode, { status: number }][];
  const rows = codes
    .sort(([, a], [, b]) => a.status - b.status)
    .map(([code, { status }]) => `| ${status} | \`${code}\` | ${ERROR_MEANINGS[code]} |`);
  expect(page).toContain(`\n|---|---|---|\n${rows.join('\n')}\n\n`);
});

it('[CW-7] the limits are the ones in force', () => {
  const limits = Object.entries(limitsSchema.parse({}));
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]);
  expect(Object.fromEntries(rows)).toMatchObject(Object.fromEntries(limits));
});

function blockOf(section: string): string {
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text).join('');
}

function methodOf(request: string): string {
  const [, named] = /-X (\w+)/.exec(request) ?? [];
  return named ?? (/ -d /.test(request) ? 'POST' : 'GET');
}
