/** The JSONL log on disk, and `GET /logs`. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CANARY, type ContractServer, startContractServer, until } from './support/contract-server.ts';
import type { Json } from './support/event-stream.ts';
import { filled, instant, number, text, usage, validationError } from './support/shapes.ts';

let on: ContractServer;
beforeAll(async () => {
  on = await startContractServer();
});
afterAll(() => on?.stop());

const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.chatlog\.jsonl$/;
const dir = () => on.server.dirs.logs;
const ask = async (prompt: string, model_id = 'parrot') =>
  (await on.post('/chat/wait', { prompt, provider_id: 'up', model_id })).json;

async function onDisk(folder = dir()): Promise<string[]> {
  const files = (await readdir(folder)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.join('').split('\n').filter(Boolean);
}

/** The lines of one run, once they are on disk. */
const linesOf = (run_id: unknown, count: number) =>
  until(
    async () => (await onDisk()).map((line) => JSON.parse(line) as Json).filter((entry) => entry.run_id === run_id),
    (entries) => entries.length >= count,
  );

/** The schema of a line, whatever it is about. */
function checkLine({ ts, role, content, ...more }: Json): void {
  expect(ts).toEqual(instant);
  expect(role).toMatch(/^(user|assistant|system|error)$/);
  expect(content).toEqual(text);
  const allowed: Json = {
    provider_id: filled,
    model_id: filled,
    run_id: filled,
    conversation_id: filled,
    event_type: filled,
    usage: expect.objectContaining(usage),
    duration_ms: number,
    details: expect.any(Object),
  };
  for (const [name, value] of Object.entries(more)) expect({ [name]: value }).toEqual({ [name]: allowed[name] });
}

it('[LC-010] has the prompt and the answer with provider, model, run and conversation', async () => {
  const prompt = 'Two\nlines, {"role":"system"} and a "quote"';
  const { run_id, conversation_id } = await ask(prompt);
  const entries = await linesOf(run_id, 2);
  const about = { ts: instant, provider_id: 'up', model_id: 'parrot', run_id, conversation_id, content: prompt };
  expect(entries[0]).toEqual({ ...about, role: 'user' });
  expect(entries[1]).toMatchObject({ ...about, role: 'assistant', usage, duration_ms: number });
  expect(entries).toHaveLength(2);
});

it('[LC-010] has what failed as an error, and never a secret', async () => {
  await ask('Fail.', 'u20-refused');
  await ask(`My key is ${CANARY}.`);
  const { details } = await ask('Cut.', 'u7-reset');
  const entries = await linesOf((details as Json).run_id, 3);
  expect(entries.find(({ role }) => role === 'error')).toMatchObject({ content: filled, provider_id: 'up' });
  expect(entries.find(({ role }) => role === 'assistant')).toMatchObject({ content: 'token0 token1 token2 ' });
  const lines = await onDisk();
  for (const line of lines) checkLine(JSON.parse(line) as Json);
  expect(lines.join('\n')).not.toContain(CANARY);
  expect((await on.get('/logs?limit=1000')).text).not.toContain(CANARY);
  expect(on.server.stderr()).not.toContain(CANARY);
});

it('[LC-009] is a file of the agreed name in the log folder', async () => {
  const files = await readdir(dir());
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(file).toMatch(NAME);
});

it('[LC-017] GET /logs has the newest entries of the newest file, oldest first, 100 when nothing is said', async () => {
  for (let n = 0; n < 60; n += 1) await ask(`Number ${n}`);
  const answer = await until(
    () => on.get('/logs'),
    ({ json }) => (json.entries as Json[]).at(-1)?.content === 'Number 59',
  );
  expect(answer.json).toEqual({ dir: dir(), file: expect.stringMatching(NAME), entries: expect.any(Array) });
  const entries = answer.json.entries as Json[];
  expect(entries).toHaveLength(100);
  for (const entry of entries) checkLine(entry);
  const times = entries.map(({ ts }) => String(ts));
  expect(times).toEqual(times.toSorted());
  const { json } = await on.get('/logs?limit=3');
  expect(json.entries).toEqual(entries.slice(-3));
  for (const limit of ['0', '-5', 'x', '1.5']) {
    const refused = await on.get(`/logs?limit=${limit}`);
    expect({ limit, status: refused.status, body: refused.json }).toEqual({
      limit,
      status: 400,
      body: validationError('limit'),
    });
  }
});

it('[LC-017] GET /logs stands a missing folder, and the log begins anew', async () => {
  await rm(dir(), { recursive: true });
  expect((await on.get('/logs')).status).toBe(200);
  await ask('After the folder was gone.');
  await until(
    () => on.get('/logs'),
    ({ json }) => (json.entries as Json[]).some(({ content }) => content === 'After the folder was gone.'),
  );
});

it('[LC-009] rotates by size, keeps as many files as settings say, can be moved and can be turned off', async () => {
  const document = (await on.get('/config')).json;
  const change = async (more: Json) =>
    expect((await on.call('PUT', '/config', { ...document, ...more })).status).toBe(200);
  await change({ logging: { max_files: 2, max_bytes: 2048 } });
  for (let n = 0; n < 20; n += 1) await ask(`${n} ${'long '.repeat(100)}`);
  await until(onDisk, (lines) => lines.some((line) => line.includes('"19 long ')));
  const files = await until(
    () => readdir(dir()),
    (names) => names.length <= 2,
  );
  expect(files).toHaveLength(2);
  for (const file of files) expect(file).toMatch(NAME);

  const moved = join(on.server.dirs.data, 'my-logs');
  await change({ log_dir: moved });
  await ask('In another folder.');
  await until(
    () => onDisk(moved).catch(() => []),
    (lines) => lines.some((line) => line.includes('In another folder.')),
  );
  expect((await on.get('/logs')).json.dir).toBe(moved);

  await change({ log_dir: moved, logging_enabled: false });
  const before = await onDisk(moved);
  await ask('Off the record.');
  expect((await on.get('/logs')).status).toBe(200);
  await change({ log_dir: moved, logging_enabled: true });
  await ask('On the record.');
  const after = await until(
    () => onDisk(moved),
    (lines) => lines.some((line) => line.includes('On the record.')),
  );
  expect(after.length).toBeGreaterThan(before.length);
  expect(after.join('\n')).not.toContain('Off the record.');
});
