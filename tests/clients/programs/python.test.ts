/** What the documentation prints for Python runs as it is printed, where Python has the `openai` package. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../server/start-server.ts';
import { onPort, snippets } from '../support/snippets.ts';
import { findProgram } from './program.ts';

const python = findProgram('python3', 'LIGHTCHAT_TEST_PYTHON') ?? '';
const hasOpenAI = python !== '' && spawnSync(python, ['-c', 'import openai']).status === 0;
if (python && !hasOpenAI)
  process.stderr.write(`\n!!! SKIPPED: ${python} has no package openai (pip install openai).\n\n`);

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const all = snippets('python').map(({ title, code }) => [title, code] as const);

it('[CW-7] there is a snippet for Python', () => expect(all.length).toBeGreaterThan(0));

describe.runIf(hasOpenAI)('Python', () => {
  it.each(all)('[CW-7] %s', async (_, code) => {
    const { stdout } = await promisify(execFile)(python, ['-c', onPort(code, server.port)], { timeout: 20_000 });
    expect(stdout).toMatch(/.{10}/);
  });
});
