import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { type UsageUnderTest, usageReaderContract } from '../../engine/testing/usage-reader.contract.ts';
import { createGroupCommit } from './group-commit.ts';
import { openDatabase } from './open-database.ts';
import { createUsageReader } from './read-usage.ts';
import { createUsageLog } from './usage-log.ts';

async function open(): Promise<UsageUnderTest> {
  const { database, close } = openStore();
  const log = createUsageLog(database, createGroupCommit(database));
  return {
    usage: createUsageReader(database),
    write: async (owner, entry, at) => log.write(owner, entry, at),
    close: async () => close(),
  };
}

function openStore(): { database: DatabaseSync; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'lightchat-usage-'));
  const { database, close } = openDatabase(folder);
  return {
    database,
    close() {
      close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

usageReaderContract('sqlite', open);

const NOW = Date.parse('2026-03-05T00:05:00.000Z');

function add(to: DatabaseSync, at: string, count = 1): void {
  const insert = to.prepare(`
    INSERT INTO usage (owner, provider_id, model_id, status, prompt_tokens, completion_tokens, estimated, duration_ms, created_at)
    VALUES ('local', 'p', 'm', 'completed', 1, 1, 0, 5, ?)`);
  to.exec('BEGIN');
  for (let done = 0; done < count; done += 1) insert.run(at);
  to.exec('COMMIT');
}

it('[CP-7] a day that is over is added up once; one that ended a moment ago may still get an answer', async () => {
  const { database, close } = openStore();
  const usage = createUsageReader(database, () => NOW);
  const answers = async (day: string) =>
    (await usage.summarise('local', { from: day, to: day, by: ['model'] })).totals.answers;
  for (const day of ['2026-03-03', '2026-03-04']) add(database, `${day}T23:59:59.999Z`);
  expect([await answers('2026-03-03'), await answers('2026-03-04')]).toEqual([1, 1]);
  for (const day of ['2026-03-03', '2026-03-04']) add(database, `${day}T23:59:59.999Z`);
  expect([await answers('2026-03-03'), await answers('2026-03-04')]).toEqual([1, 2]);
  close();
});

it('[CP-7] others have their turn while many answers are added up', async () => {
  const { database, close } = openStore();
  add(database, '2026-03-02T12:00:00.000Z', 30_000);
  const usage = createUsageReader(database, () => NOW);
  let turns = 0;
  const count = () => {
    turns += 1;
    ticking = setImmediate(count);
  };
  let ticking = setImmediate(count);
  const { totals } = await usage.summarise('local', { from: '2026-03-01', to: '2026-03-05', by: ['model'] });
  clearImmediate(ticking);
  expect(totals.answers).toBe(30_000);
  expect(turns).toBeGreaterThan(10);
  close();
});
