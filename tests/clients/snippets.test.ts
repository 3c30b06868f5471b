/** What the documentation prints for JavaScript runs as it is printed, against a server that was just started. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';
import { onPort, snippets } from './support/snippets.ts';

const all = snippets('js', 'ts');
/** In here the clients are found, and nothing is looked at by tools or kept. */
const folder = fileURLToPath(new URL('./node_modules/.snippets/', import.meta.url));

let server: TestServer;
beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  server = await startServer();
});
afterAll(() => server?.stop());

it('[CW-7] there are snippets for every client that is installed', () => {
  const clients = ['openai', '@ai-sdk/openai-compatible', '@langchain/openai', '@openai/agents'];
  const imported = clients.filter((name) => all.some(({ code }) => code.includes(`from '${name}'`)));
  expect(imported).toEqual(clients);
});

it.concurrent.each(all.map((snippet, at) => [snippet.title, snippet, at] as const))(
  '[CW-7] %s',
  async (_, snippet, at) => {
    const file = `${folder}${at}.${snippet.language === 'ts' ? 'ts' : 'mjs'}`;
    await writeFile(file, onPort(snippet.code, server.port));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 20_000 });
    expect(stdout).toMatch(/.{10}/);
    expect(stderr).toBe('');
  },
);
