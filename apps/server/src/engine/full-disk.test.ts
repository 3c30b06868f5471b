/** A disk that takes no end of a run: nobody may wait for it for ever, and the next start settles the run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, settingsSchema } from '@lightchat/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/index.ts';
import { systemClock } from '../system/clock.ts';
import { systemIds } from '../system/ids.ts';
import { type ChatEngine, createChatEngine } from './chat-engine.ts';
import { directoryOf, scriptedProvider } from './testing/scripted-provider.ts';

const owner = 'local';
let folder: string;
let store: SqliteStore;
let isFull: boolean;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-full-'));
  store = openSqliteStore(folder);
  isFull = true;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Time passes a hundred times as fast. */
function engineOnFullDisk(): ChatEngine {
  const settings = settingsSchema.parse({});
  return createChatEngine({
    clock: {
      ...systemClock,
      sleep: (ms, signal) => systemClock.sleep(ms / 100, signal),
      after: (ms, act) => systemClock.after(ms / 100, act),
    },
    ids: systemIds,
    logger: { write: () => {} },
    changes: { publish: () => {} },
    providers: directoryOf(scriptedProvider(['hang'])),
    runs: {
      ...store.runs,
      finish: (...end) =>
        isFull ? Promise.reject(new AppError('STORAGE_FULL', 'no space')) : store.runs.finish(...end),
    },
    conversations: store.conversations,
    settings: () => settings,
  });
}

it('[P4] a stop answers, and takes effect when there is space', async () => {
  const engine = engineOnFullDisk();
  const run = await engine.start(owner, { prompt: 'x' });
  expect((await engine.stop(owner, run.id)).status).toBe('running');
  isFull = false;
  expect((await engine.stop(owner, run.id)).finished_at).not.toBeNull();
});

it('[P3] shutting down does not wait for a run that was stopped before', async () => {
  const engine = engineOnFullDisk();
  const run = await engine.start(owner, { prompt: 'x' });
  await engine.stop(owner, run.id);
  await engine.drain(0);
  expect(engine.activeCount()).toBe(0);
  expect(await store.runs.settleDead(systemClock.now())).toBe(1);
});
