import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../index.ts';
import { openDatabase } from '../open-database.ts';
import { MIGRATIONS } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-migrate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two chats, one of them deleted, and an answer that was being written, as a database of that format holds them. */
function databaseOf(format: number): void {
  const { database, close } = openDatabase(folder, MIGRATIONS.slice(0, format));
  const at = '2026-01-01T00:00:00.000Z';
  database.exec(`
    INSERT INTO conversations (id, owner, title, active_leaf_id, created_at, updated_at, deleted_at) VALUES
      ('kept', 'local', 'Old holiday', 'a', '${at}', '${at}', NULL),
      ('gone', 'local', 'Old secret', NULL, '${at}', '${at}', '${at}');
    INSERT INTO messages (id, conversation_id, parent_id, role, parts, status, run_id, created_at) VALUES
      ('q', 'kept', NULL, 'user', '[{"type":"text","text":"Where is Lisbon?"}]', 'completed', NULL, '${at}'),
      ('a', 'kept', 'q', 'assistant', '[{"type":"reasoning","text":"hidden"},{"type":"text","text":"In Portugal."}]', 'completed', 'run_1', '${at}'),
      ('half', 'kept', 'q', 'assistant', '[]', 'running', 'run_2', '${at}'),
      ('s', 'gone', NULL, 'user', '[{"type":"text","text":"Lisbon secretly"}]', 'completed', NULL, '${at}');
    INSERT INTO runs (position, id, owner, conversation_id, message_id, provider_id, model_id, status, next_index, batches, created_at, finished_at)
    VALUES
      (1, 'run_1', 'local', 'kept', 'a', 'p', 'm', 'completed', 1, '[1]', '${at}', '${at}'),
      (2, 'run_2', 'local', 'kept', 'half', 'p', 'm', 'running', 1, '[2]', '${at}', NULL);
    INSERT INTO run_events (position, run, first_index, kind, body) VALUES
      (1, 1, 0, 'j', '[{"type":"run-started","index":0}]'),
      (2, 2, 0, 'j', '[{"type":"run-started","index":0}]'),
      (3, 2, 1, 't', 'Halfway to Porto');
  `);
  close();
}

describe('a database of an earlier format', () => {
  for (const format of [1, 2]) {
    it(`[CP-6] ${format} is found in whole when it was brought to this one`, async () => {
      databaseOf(format);
      const store = openSqliteStore(folder);
      expect(store.snapshots).toHaveLength(MIGRATIONS.length - format);
      await store.runs.settleDead('2026-01-02T00:00:00.000Z');
      const found = async (q: string) =>
        (await store.conversations.search('local', { q, limit: 5 })).items.map(({ id, match }) => [
          id,
          match.message_id,
        ]);
      expect(await found('holi')).toEqual([['kept', null]]);
      expect(await found('lisb')).toEqual([['kept', 'q']]);
      expect(await found('portugal')).toEqual([['kept', 'a']]);
      expect(await found('porto')).toEqual([['kept', 'half']]);
      expect(await found('hidden')).toEqual([]);
      expect(await found('secret')).toEqual([]);
      const now = '2026-01-02T00:00:00.000Z';
      expect((await store.conversations.listDeleted('local', { limit: 5, now })).items).toMatchObject([{ id: 'gone' }]);
      expect((await store.conversations.list('local', { limit: 5 })).items).toMatchObject([{ id: 'kept' }]);
      await store.conversations.restore('local', 'gone', now);
      expect(await found('secret')).toEqual([['gone', null]]);
      await store.close();
    });
  }

  it('[CP-6] keeps its index when the file is compacted or copied', async () => {
    databaseOf(2);
    const { database, close } = openDatabase(folder);
    database.exec("DELETE FROM conversations WHERE id = 'gone'; VACUUM;");
    close();
    const store = openSqliteStore(folder);
    const { items } = await store.conversations.search('local', { q: 'old', limit: 5 });
    expect(items.map(({ id }) => id)).toEqual(['kept']);
    await store.close();
  });
});
