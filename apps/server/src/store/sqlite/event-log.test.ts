import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatEvent } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRun } from '../../engine/testing/run-log.contract.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';
import { createRunLog, type SqliteRunLog } from './run-log.ts';

let folder: string;
let opened: OpenDatabase;
let runs: SqliteRunLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-events-'));
  opened = openDatabase(folder);
  runs = createRunLog(opened.database);
});
afterEach(() => {
  opened.close();
  rmSync(folder, { recursive: true, force: true });
});

const delta = (index: number, text = `${index} `): ChatEvent => ({ type: 'text-delta', index, text });

async function indexesFrom(runId: string, from: number): Promise<number[]> {
  const indexes: number[] = [];
  const enough = new AbortController();
  const { next_index = 0 } = (await runs.get('local', runId)) ?? {};
  for await (const batch of runs.read('local', runId, from, enough.signal)) {
    indexes.push(...batch.map(({ index }) => index));
    if (indexes.at(-1) === next_index - 1) enough.abort();
  }
  return indexes;
}

describe('the log of many runs', () => {
  it('[CW-3] runs whose batches lie between each other are read apart, from any index', async () => {
    const ids = [newRun(), newRun(), newRun()];
    for (const input of ids) await runs.create('local', input);
    for (let next = 1; next < 31; next += 3) {
      // One batch of three for the first run, three of one for the others.
      await runs.append('local', ids[0]?.run_id ?? '', [delta(next), delta(next + 1), delta(next + 2)]);
      for (const place of [0, 1, 2]) {
        for (const input of ids.slice(1)) await runs.append('local', input.run_id, [delta(next + place)]);
      }
    }
    for (const { run_id } of ids) {
      for (let from = 0; from <= 30; from += 1) {
        const expected = Array.from({ length: 31 - from }, (_, n) => from + n);
        expect(await indexesFrom(run_id, from)).toEqual(expected);
      }
    }
  });

  it('[CW-3] batches of one run that are added without waiting are stored in their order', async () => {
    const input = newRun();
    await runs.create('local', input);
    await Promise.all([1, 2, 3, 4].map((index) => runs.append('local', input.run_id, [delta(index)])));
    expect(await indexesFrom(input.run_id, 0)).toEqual([0, 1, 2, 3, 4]);
  });

  it('[C4] a batch that leaves a gap, or comes twice, is refused and leaves the run as it was', async () => {
    const input = newRun();
    await runs.create('local', input);
    await runs.append('local', input.run_id, [delta(1)]);
    await expect(runs.append('local', input.run_id, [delta(3)])).rejects.toThrow();
    await expect(runs.append('local', input.run_id, [delta(1)])).rejects.toThrow();
    await runs.append('local', input.run_id, [delta(2)]);
    expect(await indexesFrom(input.run_id, 0)).toEqual([0, 1, 2]);
  });

  it('[P1] after a crash each run has its own rows again, and none of another', async () => {
    const ended = newRun();
    const dead = [newRun(), newRun()];
    for (const input of [ended, ...dead]) await runs.create('local', input);
    for (let index = 1; index < 8; index += 1) {
      for (const [place, { run_id }] of dead.entries()) {
        await runs.append('local', run_id, [delta(index, `run ${place} text ${index} `)]);
      }
      await runs.append('local', ended.run_id, [delta(index)]);
    }
    const afterCrash = createRunLog(opened.database);
    expect(await afterCrash.settleDead('2026-01-01T00:00:00.000Z')).toBe(3);
    for (const [place, { run_id }] of dead.entries()) {
      const texts: string[] = [];
      for await (const batch of afterCrash.read('local', run_id, 1, new AbortController().signal)) {
        for (const event of batch) texts.push(event.type === 'text-delta' ? event.text : event.type);
      }
      const expected = Array.from({ length: 7 }, (_, n) => `run ${place} text ${n + 1} `);
      expect(texts).toEqual([...expected, 'error', 'run-finished']);
    }
  });
});
