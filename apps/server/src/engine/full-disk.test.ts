/** A disk that takes no end of a run: nobody may wait for it for ever, and the next start settles the run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, type LogEntry, type Run, settingsSchema } from '@lightchat/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/index.ts';
import { systemClock } from '../system/clock.ts';
import { systemIds } from '../system/ids.ts';
import { type ChatEngine, createChatEngine } from './chat-engine.ts';
import { directoryOf, type Script, saying, scriptedProvider } from './testing/scripted-provider.ts';

const owner = 'local';
let folder: string;
let store: SqliteStore;
let isFull: boolean;
let refusals: number;
let logged: Omit<LogEntry, 'ts'>[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-full-'));
  store = openSqliteStore(folder);
  isFull = true;
  refusals = 0;
  logged = [];
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Time passes a hundred times as fast. */
function engineOnFullDisk(
  script: Script = ['hang'],
  refusal: Error = new AppError('STORAGE_FULL', 'no space'),
): ChatEngine {
  const settings = settingsSchema.parse({});
  return createChatEngine({
    clock: {
      ...systemClock,
      sleep: (ms, signal) => systemClock.sleep(ms / 100, signal),
      after: (ms, act) => systemClock.after(ms / 100, act),
    },
    ids: systemIds,
    logger: { write: (entry) => void logged.push(entry) },
    changes: { publish: () => {} },
    providers: directoryOf(scriptedProvider(script)),
    runs: {
      ...store.runs,
      async finish(...end) {
        if (!isFull) return store.runs.finish(...end);
        refusals += 1;
        throw refusal;
      },
    },
    conversations: store.conversations,
    usage: store.usage,
    settings: () => settings,
  });
}

function severalTries(): Promise<void> {
  return vi.waitFor(() => expect(refusals).toBeGreaterThan(2));
}

async function ended(engine: ChatEngine, runId: string): Promise<Run> {
  for await (const _ of engine.follow(owner, runId, 0, new AbortController().signal));
  return engine.get(owner, runId);
}

it('[P4] a stop answers, and takes effect when there is space', async () => {
  const engine = engineOnFullDisk();
  const run = await engine.start(owner, { prompt: 'x' });
  expect((await engine.stop(owner, run.id)).status).toBe('running');
  isFull = false;
  expect(await engine.stop(owner, run.id)).toMatchObject({ status: 'stopped', error: null });
});

it('[P4] an answer of which nothing is lost ends as it did, however long its end had to wait', async () => {
  const engine = engineOnFullDisk(saying('all', ' of it'));
  const run = await engine.start(owner, { prompt: 'x' });
  await severalTries();
  isFull = false;
  expect(await ended(engine, run.id)).toMatchObject({ status: 'completed', finish_reason: 'stop', error: null });
});

it('[P4] an answer whose last words do not fit is failed and keeps those that were shown', async () => {
  const last: Script = [
    [{ type: 'text-delta', text: 'shown' }],
    [
      { type: 'text-delta', text: ' lost' },
      { type: 'finish', reason: 'stop' },
    ],
  ];
  const engine = engineOnFullDisk(last);
  const run = await engine.start(owner, { prompt: 'x' });
  await severalTries();
  isFull = false;
  expect(await ended(engine, run.id)).toMatchObject({ status: 'failed', error: { error_code: 'STORAGE_FULL' } });
  const { items } = await store.conversations.messages(owner, run.conversation_id);
  expect(items[1]?.parts).toEqual([{ type: 'text', text: 'shown' }]);
});

it('[P6] a disk that is broken is logged once, not at every try', async () => {
  const engine = engineOnFullDisk(saying('x'), new Error('database disk image is malformed'));
  const run = await engine.start(owner, { prompt: 'x' });
  await severalTries();
  expect(logged.filter(({ event_type }) => event_type === 'run_broke')).toHaveLength(1);
  isFull = false;
  expect((await ended(engine, run.id)).status).toBe('completed');
});

it('[P3] shutting down does not wait for a run that was stopped before', async () => {
  const engine = engineOnFullDisk();
  const run = await engine.start(owner, { prompt: 'x' });
  await engine.stop(owner, run.id);
  await engine.drain(0);
  expect(engine.activeCount()).toBe(0);
  expect(await store.runs.settleDead(systemClock.now())).toBe(1);
});
