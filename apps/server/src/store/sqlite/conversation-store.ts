import type { DatabaseSync } from 'node:sqlite';
import { AppError, applyEvents, type Conversation, type Message } from '@lightchat/protocol';
import type { ConversationStore, Owner } from '../../engine/ports.ts';
import type { EventLog } from './event-log.ts';
import { formatPageCursor, parsePageCursor } from './page-cursor.ts';
import { type ConversationRow, type MessageRow, toConversation, toMessage } from './rows.ts';
import { whenNotBusy } from './when-not-busy.ts';

const COLUMNS = 'id, title, pinned, archived, active_leaf_id, created_at, updated_at';

export function createConversationStore(database: DatabaseSync, events: EventLog): ConversationStore {
  const firstPage = database.prepare(`
    SELECT ${COLUMNS} FROM conversations WHERE owner = ? AND deleted_at IS NULL
    ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT ?`);
  const nextPage = database.prepare(`
    SELECT ${COLUMNS} FROM conversations
    WHERE owner = ? AND deleted_at IS NULL AND (pinned, updated_at, id) < (?, ?, ?)
    ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT ?`);
  const byId = database.prepare(
    `SELECT ${COLUMNS} FROM conversations WHERE owner = ? AND id = ? AND deleted_at IS NULL`,
  );
  const insert = database.prepare(
    'INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
  );
  const update = database.prepare(
    'UPDATE conversations SET title = ?, pinned = ?, archived = ?, active_leaf_id = ? WHERE owner = ? AND id = ?',
  );
  const hide = database.prepare(
    'UPDATE conversations SET deleted_at = ? WHERE owner = ? AND id = ? AND deleted_at IS NULL',
  );
  const unhide = database.prepare(
    'UPDATE conversations SET deleted_at = NULL WHERE owner = ? AND id = ? AND deleted_at IS NOT NULL',
  );
  const tree = database.prepare('SELECT * FROM messages WHERE conversation_id = ? ORDER BY position');
  const branch = database.prepare(`
    WITH RECURSIVE up (id, parent_id, depth) AS (
      SELECT id, parent_id, 0 FROM messages WHERE conversation_id = ?1 AND id = ?2
      UNION ALL
      SELECT m.id, m.parent_id, up.depth + 1 FROM up JOIN messages m ON m.id = up.parent_id AND m.conversation_id = ?1
    )
    SELECT m.* FROM up JOIN messages m ON m.id = up.id ORDER BY up.depth DESC`);
  const inConversation = database.prepare('SELECT 1 FROM messages WHERE conversation_id = ? AND id = ?');
  const runPosition = database.prepare('SELECT position FROM runs WHERE id = ?');

  function rowOf(owner: Owner, id: string): ConversationRow {
    const row = byId.get(owner, id) as ConversationRow | undefined;
    if (!row) throw notFound();
    return row;
  }

  /** A message that is being written is in its run's log until the run ends. */
  function withLog(row: MessageRow): Message {
    const message = toMessage(row);
    if (message.status !== 'running' || !message.run_id) return message;
    const run = runPosition.get(message.run_id) as { position: number } | undefined;
    return run ? applyEvents(message, events.all(run.position)) : message;
  }

  return {
    async list(owner, { cursor, limit }) {
      const after = cursor === undefined ? undefined : parsePageCursor(owner, cursor);
      const rows = (after
        ? nextPage.all(owner, after.pinned, after.updated_at, after.id, limit + 1)
        : firstPage.all(owner, limit + 1)) as unknown as ConversationRow[];
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(toConversation),
        next_cursor: rows.length > limit && last ? formatPageCursor(owner, last) : null,
      };
    },

    async create(owner, { id, title, created_at }) {
      await whenNotBusy(() => insert.run(id, owner, title, created_at, created_at));
      return toConversation(rowOf(owner, id));
    },

    get: async (owner, id) => toConversation(rowOf(owner, id)),

    async change(owner, id, change): Promise<Conversation> {
      // Read anew each time it waited for a lock, so that nothing that changed meanwhile is written back.
      await whenNotBusy(() => {
        const row = rowOf(owner, id);
        if (change.active_leaf_id !== undefined && !inConversation.get(id, change.active_leaf_id)) {
          throw new AppError('NOT_FOUND', 'There is no such message in this conversation.');
        }
        const title = change.title ?? row.title;
        const pinned = change.pinned === undefined ? row.pinned : Number(change.pinned);
        const archived = change.archived === undefined ? row.archived : Number(change.archived);
        const leaf = change.active_leaf_id ?? row.active_leaf_id;
        update.run(title, pinned, archived, leaf, owner, id);
      });
      return toConversation(rowOf(owner, id));
    },

    async remove(owner, id, now) {
      const { changes } = await whenNotBusy(() => hide.run(now, owner, id));
      if (changes === 0) throw notFound();
    },

    async restore(owner, id) {
      const { changes } = await whenNotBusy(() => unhide.run(owner, id));
      if (changes === 0 && !byId.get(owner, id)) throw notFound();
      return toConversation(rowOf(owner, id));
    },

    async messages(owner, id) {
      const { active_leaf_id } = rowOf(owner, id);
      return { items: (tree.all(id) as unknown as MessageRow[]).map(withLog), active_leaf_id };
    },

    async path(owner, id, leafId) {
      rowOf(owner, id);
      const rows = branch.all(id, leafId) as unknown as MessageRow[];
      if (rows.length === 0) throw new AppError('NOT_FOUND', 'There is no such message in this conversation.');
      return rows.map(withLog);
    },
  };
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such conversation.');
}
