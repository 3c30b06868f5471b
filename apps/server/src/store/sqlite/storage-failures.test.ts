import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ChatEvent } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRun } from '../../engine/testing/run-log.contract.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';
import { createRunLog, type SqliteRunLog } from './run-log.ts';

let folder: string;
let opened: OpenDatabase;
let runs: SqliteRunLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-failures-'));
  opened = openDatabase(folder);
  runs = createRunLog(opened.database);
});
afterEach(() => {
  opened.close();
  rmSync(folder, { recursive: true, force: true });
});

function delta(index: number, text: string): ChatEvent {
  return { type: 'text-delta', index, text };
}

function fillDisk(): () => void {
  const { page_count } = opened.database.prepare('PRAGMA page_count').get() as { page_count: number };
  opened.database.exec(`PRAGMA max_page_count = ${page_count}`);
  return () => opened.database.exec('PRAGMA max_page_count = 1000000');
}

describe('a disk that fails', () => {
  it('[P4] full: the append is refused, nothing of it is delivered, and it works again when there is space', async () => {
    const input = newRun();
    await runs.create('local', input);
    const seen: ChatEvent[] = [];
    const gone = new AbortController();
    const reading = (async () => {
      for await (const batch of runs.read('local', input.run_id, 0, gone.signal)) seen.push(...batch);
    })();
    const makeSpace = fillDisk();
    const big = 'x'.repeat(100_000);
    await expect(runs.append('local', input.run_id, [delta(1, big)])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await expect(runs.create('local', newRun({ user_message: { id: 'big', text: big } }))).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    });
    makeSpace();
    await runs.append('local', input.run_id, [delta(1, 'fits')]);
    gone.abort();
    await reading;
    expect(seen.map((event) => (event.type === 'text-delta' ? event.text : event.type))).toEqual([
      'run-started',
      'fits',
    ]);
  });

  it('[P4] one append that cannot be stored does not take the others of its group with it', async () => {
    const inputs = [newRun(), newRun(), newRun()];
    for (const input of inputs) await runs.create('local', input);
    for (const input of inputs) await runs.append('local', input.run_id, [delta(1, 'first output, at once')]);
    const makeSpace = fillDisk();
    const results = await Promise.allSettled(
      inputs.map((input, at) => runs.append('local', input.run_id, [delta(2, at === 1 ? 'x'.repeat(100_000) : 'ok')])),
    );
    makeSpace();
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('[P5] locked by another program: the write waits, off the event loop, and is not lost', async () => {
    const input = newRun();
    await runs.create('local', input);
    const other = new DatabaseSync(join(folder, 'lightchat.db'));
    other.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 10);
    const appended = runs.append('local', input.run_id, [delta(1, 'patient')]);
    const created = runs.create('local', newRun());
    await new Promise((resolve) => setTimeout(resolve, 400));
    other.exec('COMMIT');
    other.close();
    await Promise.all([appended, created]);
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(5);
    expect((await runs.get('local', input.run_id))?.next_index).toBe(2);
  });
});
