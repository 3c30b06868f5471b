import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OpenDatabase, openDatabase } from '../open-database.ts';
import { createFinder } from './find.ts';
import { createIndexer, type Indexer } from './indexer.ts';

let folder: string;
let opened: OpenDatabase;
let indexer: Indexer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-index-'));
  opened = openDatabase(folder);
});
afterEach(() => {
  indexer.close();
  opened.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(count: number): void {
  const { database } = opened;
  const chat = database.prepare(
    "INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES (?, 'local', 'Chat', 'x', 'x')",
  );
  const message = database.prepare(
    "INSERT INTO messages (id, conversation_id, role, parts, status, created_at) VALUES (?, ?, 'user', ?, 'completed', 'x')",
  );
  database.exec('BEGIN');
  for (let n = 0; n < count; n += 1) {
    chat.run(`c${n}`);
    message.run(`m${n}`, `c${n}`, JSON.stringify([{ type: 'text', text: `needle number${n}` }]));
  }
  database.exec('COMMIT');
}

const waiting = () =>
  opened.database
    .prepare('SELECT (SELECT count(*) FROM unindexed_titles) AS titles, count(*) AS messages FROM unindexed_messages')
    .get();
const found = (q: string) =>
  createFinder(opened.database)({ owner: 'local', q, archived: undefined, after: undefined, limit: 5000 }).items.length;

describe('the indexer', () => {
  it('[CP-6] takes in what was noted with the write, at once for a search and soon by itself', async () => {
    indexer = createIndexer(opened.database);
    write(300);
    expect(waiting()).toEqual({ titles: 300, messages: 300 });
    expect(found('needle')).toBe(0);
    await indexer.catchUp();
    expect(waiting()).toEqual({ titles: 0, messages: 0 });
    expect([found('needle'), found('chat'), found('number7')]).toEqual([300, 300, 11]);
    opened.database.exec("UPDATE conversations SET title = 'Other' WHERE id = 'c7'");
    await vi.waitFor(() => expect(found('other')).toBe(1), { timeout: 10_000 });
  });

  it('[CP-6] merges its parts as it goes, so that there are never many', async () => {
    indexer = createIndexer(opened.database);
    for (let round = 0; round < 40; round += 1) {
      opened.database.exec('DELETE FROM conversations; DELETE FROM messages;');
      write(16);
      await indexer.catchUp();
    }
    const parts = opened.database.prepare('SELECT count(DISTINCT segid) AS count FROM message_index_idx').get();
    expect(Number(parts?.count)).toBeLessThan(20);
    expect(found('needle')).toBe(16);
  });

  it('[CP-6] leaves for later what it cannot write now', async () => {
    indexer = createIndexer(opened.database);
    write(3);
    const other = new DatabaseSync(opened.file);
    other.exec('BEGIN IMMEDIATE');
    await indexer.catchUp();
    expect(waiting()).toEqual({ titles: 3, messages: 3 });
    other.exec('ROLLBACK');
    other.close();
    await vi.waitFor(() => expect(waiting()).toEqual({ titles: 0, messages: 0 }), { timeout: 10_000 });
    expect(found('needle')).toBe(3);
  });
});
