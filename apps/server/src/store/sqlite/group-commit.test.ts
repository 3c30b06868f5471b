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
  return group.add(
    () => database.prepare('INSERT INTO words VALUES (?)').run(word),
    () => delivered.push(`${word}/${count()}${database.isTransaction ? ' too early' : ''}`),
    urgent,
  );
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
