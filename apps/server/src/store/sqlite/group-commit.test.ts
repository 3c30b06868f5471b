import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGroupCommit, type GroupCommit } from './group-commit.ts';

let database: DatabaseSync;
let group: GroupCommit;
let delivered: string[];
beforeEach(() => {
  vi.useFakeTimers();
  database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE words (word TEXT)');
  group = createGroupCommit(database);
  delivered = [];
});
afterEach(() => {
  vi.useRealTimers();
  database.close();
});

/** Delivers its own word together with how many words were stored by then. */
function add(word: string, urgent?: boolean): Promise<void> {
  const count = () => (database.prepare('SELECT count(*) AS n FROM words').get() as { n: number }).n;
  const work = {
    write: () => void database.prepare('INSERT INTO words VALUES (?)').run(word),
    committed: () => void delivered.push(`${word}/${count()}${database.isTransaction ? ' too early' : ''}`),
  };
  return group.add(work, urgent);
}

describe('commits in groups', () => {
  it('a write commits at once when nothing happened just before it', () => {
    void add('a');
    expect(delivered).toEqual(['a/1']);
    vi.advanceTimersByTime(5);
    void add('b');
    expect(delivered).toEqual(['a/1', 'b/2']);
  });

  it('writes that follow closely share one commit, and are delivered after it in their order', async () => {
    void add('a');
    const later = [add('b'), add('c')];
    expect(delivered).toEqual(['a/1']);
    vi.advanceTimersByTime(5);
    await Promise.all(later);
    expect(delivered).toEqual(['a/1', 'b/3', 'c/3']);
  });

  it('an urgent write does not wait, and takes along what does', async () => {
    void add('a');
    const waiting = add('b');
    const urgent = add('first token', true);
    expect(delivered).toEqual(['a/1', 'b/3', 'first token/3']);
    await Promise.all([waiting, urgent]);
    vi.advanceTimersByTime(100);
    expect(delivered).toHaveLength(3);
  });
});

describe('writes that cannot be committed', () => {
  it('one bad write fails alone, and the others of its group keep their order', async () => {
    void add('a');
    const bad = group.add({
      write: () => void database.prepare('INSERT INTO nowhere VALUES (1)').run(),
      committed: () => void delivered.push('bad'),
    });
    const results = Promise.allSettled([add('b'), bad, add('c')]);
    vi.advanceTimersByTime(5);
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(delivered).toEqual(['a/1', 'b/2', 'c/3']);
  });

  it('[P5] a lock that stays is given up for the whole group at once, and the next write starts anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lightchat-group-'));
    const locked = new DatabaseSync(join(folder, 'x.db'), { timeout: 0 });
    locked.exec('CREATE TABLE words (word TEXT)');
    const begin = locked.prepare('BEGIN IMMEDIATE');
    const tries = vi.spyOn(begin, 'run');
    vi.spyOn(locked, 'prepare').mockReturnValueOnce(begin);
    const patient = createGroupCommit(locked);
    const other = new DatabaseSync(join(folder, 'x.db'));
    other.exec('BEGIN IMMEDIATE');
    const work = { write: () => locked.exec("INSERT INTO words VALUES ('x')"), committed() {} };
    const waiting = Promise.allSettled(Array.from({ length: 500 }, () => patient.add(work)));
    vi.advanceTimersByTime(20_000);
    const codes = (await waiting).map((result) => result.status === 'rejected' && result.reason.code);
    expect(new Set(codes)).toEqual(new Set(['STORAGE_BUSY']));
    expect(tries.mock.calls.length).toBeLessThan(250);
    other.exec('ROLLBACK');
    vi.advanceTimersByTime(5);
    await patient.add(work);
    expect(locked.prepare('SELECT count(*) AS n FROM words').get()).toEqual({ n: 1 });
    for (const open of [locked, other]) open.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
