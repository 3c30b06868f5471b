/** What README.md prints for programs works exactly as it stands there. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
const curls = blocks.filter((text) => text.includes('curl '));

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

/** A first start has these settings and nothing else, so it is what the reader has. */
async function run(block: string): Promise<string> {
  expect(block).toContain('127.0.0.1:8000');
  const script = block.replaceAll('127.0.0.1:8000', `127.0.0.1:${server.port}`);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script]);
  return stdout;
}

const block = (word: string) => run(curls.find((text) => text.includes(word)) ?? '');

it('[CW-7] there are as many blocks with curl as the tests below run', () => {
  expect(curls).toHaveLength(6);
  expect(blocks[0]).toMatch(/^npm start .*\nnpm test /);
});

it("[CW-7] an answer in OpenAI's words", async () => {
  const output = await block('/v1/chat/completions');
  expect(output).toMatch(/^id: .*\ndata: \{"id":"chatcmpl-.*"role":"assistant"/);
  expect(output).toMatch(/\ndata: \[DONE\]\n\n$/);
});

it('[CW-7] an answer, token by token', async () => {
  const output = await block('/chat -H');
  expect(output).toMatch(
    /^id: run_\w+:0\nevent: start\ndata: \{"run_id":"run_\w+","conversation_id":"conv_\w+","message_id":"msg_\w+","provider_id":"demo","model_id":"demo"\}\n/,
  );
  expect(output).toMatch(/\nid: run_\w+:\d+\ndata: \{"token":"/);
  expect(output).toMatch(
    /\nevent: done\ndata: \{"finish_reason":"stop","usage":\{.*\},"run_id":"run_\w+","message_id":"msg_\w+"\}\n\n$/,
  );
});

it('[CW-7] the whole answer at once', async () => {
  expect(JSON.parse(await block('/chat/wait'))).toMatchObject({ provider_id: 'demo', finish_reason: 'stop' });
});

it('[CW-7] an EventSource, whose second request joins the same answer', async () => {
  const output = await block('stream_id=my-first-stream');
  expect(output).toMatch(/\nevent: token\ndata: \{"index":0,"token":"/);
  expect(output).toMatch(/\nevent: done\n/);
  expect(await block('stream_id=my-first-stream')).toBe(output);
});

it('[CW-7] a run is looked at, followed and stopped', async () => {
  const output = await block('RUN=');
  expect(output).toMatch(/^\{"id":"run_\w+","status":"running"/);
  expect(output).toContain('event: run-started\n');
  expect(output).toContain('event: run-finished\n');
  expect(output.trim().split('\n').at(-1)).toMatch(/^\{"id":"run_\w+","status":"completed"/);
});

it('[CW-7] everything else', async () => {
  const output = await block('/health');
  for (const part of ['{"status":"ok"', '"type":"demo"', '"next_cursor":', '"default_provider":', '"entries":']) {
    expect(output).toContain(part);
  }
  expect(output).not.toContain('error_code');
});
