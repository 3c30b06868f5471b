import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createJsonlLog, type JsonlLog } from '../../../logging/jsonl-log.ts';
import { installErrorAnswers } from '../../kit/errors.ts';
import { logsSurface } from './routes.ts';

let root: string;
let dir: string;
let log: JsonlLog;
let app: FastifyInstance;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lightchat-logs-'));
  dir = join(root, 'logs');
  log = createJsonlLog({
    dir,
    enabled: true,
    maxFiles: 5,
    maxBytes: 1_000_000,
    secrets: () => [],
    onWarning: () => undefined,
  });
  app = Fastify();
  installErrorAnswers(app, log);
  logsSurface(app, { log });
});
afterEach(async () => {
  await app.close();
  await log.close();
  rmSync(root, { recursive: true, force: true });
});

it('[LC-017] GET /logs answers an empty list while there is no folder', async () => {
  const answer = await app.inject('/logs');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ dir, file: null, entries: [] });
});

it('[LC-017] GET /logs answers the newest entries, oldest first, as many as asked for', async () => {
  for (let n = 0; n < 150; n++) log.write({ role: 'user', content: `line ${n}` });
  const all = (await app.inject('/logs')).json();
  expect(all.file).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.chatlog\.jsonl$/);
  expect(all.entries).toHaveLength(100);
  expect(all.entries[99]).toMatchObject({ role: 'user', content: 'line 149', ts: expect.stringMatching(/\.\d{3}Z$/) });
  expect((await app.inject('/logs?limit=2')).json().entries.map((entry: { content: string }) => entry.content)).toEqual(
    ['line 148', 'line 149'],
  );
});

it('GET /logs says when logging is switched off', async () => {
  log.configure({ enabled: false });
  expect((await app.inject('/logs')).json()).toEqual({ dir, file: null, entries: [], enabled: false });
});

it('[CW-6] GET /logs refuses a limit that is none', async () => {
  for (const limit of ['0', '-1', 'all', '5000']) {
    const answer = await app.inject(`/logs?limit=${limit}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().details.issues[0].path).toBe('limit');
  }
});
