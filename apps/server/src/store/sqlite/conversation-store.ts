import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '@lightchat/protocol';
import type { ConversationStore, Owner } from '../../engine/ports.ts';
import { keptSince } from '../kit/kept-since.ts';
import { addConversation } from './add-conversation.ts';
import type { EventLog } from './event-log.ts';
import { createConversationLists } from './list-conversations.ts';
import { createMessageTrees } from './message-trees.ts';
import { type ConversationRow, toConversation } from './rows.ts';
import type { SearchThread } from './search/search-thread.ts';
import { whenNotBusy } from './when-not-busy.ts';

/** Adds conversations that are not whole yet to `unfinished`, so that they are not taken for deleted ones. */
export function createConversationStore(
  database: DatabaseSync,
  events: EventLog,
  searching: SearchThread,
  unfinished: Set<string>,
): ConversationStore {
  const byId = database.prepare('SELECT * FROM conversations WHERE owner = ? AND id = ? AND deleted_at IS NULL');
  const insert = database.prepare(
    'INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
  );
  const update = database.prepare(
    'UPDATE conversations SET title = ?, pinned = ?, archived = ?, active_leaf_id = ? WHERE owner = ? AND id = ?',
  );
  const rename = database.prepare(
    'UPDATE conversations SET title = ? WHERE owner = ? AND id = ? AND title = ? AND deleted_at IS NULL',
  );
  const hide = database.prepare(
    'UPDATE conversations SET deleted_at = ? WHERE owner = ? AND id = ? AND deleted_at IS NULL',
  );
  const unhide = database.prepare(
    'UPDATE conversations SET deleted_at = NULL WHERE owner = ? AND id = ? AND deleted_at >= ?',
  );
  const inConversation = database.prepare(
    'SELECT 1 FROM messages WHERE conversation_id = ? AND id = ? AND hidden_at IS NULL',
  );

  function rowOf(owner: Owner, id: string): ConversationRow {
    const row = byId.get(owner, id) as ConversationRow | undefined;
    if (!row) throw new AppError('NOT_FOUND', 'There is no such conversation.');
    return row;
  }

  const add = addConversation(database, unfinished);

  return {
    ...createConversationLists(database, searching),
    ...createMessageTrees(database, events, rowOf),

    async create(owner, { id, title, created_at }) {
      await whenNotBusy(() => insert.run(id, owner, title, created_at, created_at));
      return toConversation(rowOf(owner, id));
    },

    get: async (owner, id) => toConversation(rowOf(owner, id)),

    async change(owner, id, change) {
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

    async retitle(owner, id, from, to) {
      const { changes } = await whenNotBusy(() => rename.run(to, owner, id, from));
      return changes === 1;
    },

    async remove(owner, id, now) {
      const { changes } = await whenNotBusy(() => hide.run(now, owner, id));
      if (changes === 0) throw new AppError('NOT_FOUND', 'There is no such conversation.');
    },

    async restore(owner, id, now) {
      await whenNotBusy(() => unhide.run(owner, id, keptSince(now)));
      return toConversation(rowOf(owner, id));
    },

    async add(owner, conversation, messages) {
      await add(owner, conversation, messages);
      return toConversation(rowOf(owner, conversation.id));
    },
  };
}
