/** Stores a whole conversation in pieces. Until the last one it stands among the deleted, before all of them. */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Message } from '@lightchat/protocol';
import type { NewConversation, Owner, Pages } from '../../engine/ports.ts';
import { toJson } from './rows.ts';
import { inTransaction } from './transaction.ts';
import { whenNotBusy } from './when-not-busy.ts';

/** Deleted before everything: no list shows it, no `restore` takes it, and purging removes it. */
const NOT_WHOLE = '';
/** Indexing a message takes a tenth of a millisecond and more. */
const PIECE = 50;

export function addConversation(
  database: DatabaseSync,
  unfinished: Set<string>,
): (owner: Owner, conversation: NewConversation, messages: Pages<Message>) => Promise<void> {
  const insert = database.prepare(`
    INSERT INTO conversations (id, owner, title, pinned, archived, created_at, updated_at, deleted_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertMessage = database.prepare(`
    INSERT INTO messages (id, conversation_id, parent_id, role, parts, status, run_id, provider_id, model_id,
      finish_reason, usage, error, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const show = database.prepare('UPDATE conversations SET deleted_at = NULL, active_leaf_id = ? WHERE id = ?');

  function addMessage(conversation_id: string, message: Message): void {
    const { id, parent_id, role, status, run_id, provider_id, model_id, finish_reason, created_at } = message;
    const parts = JSON.stringify(message.parts);
    const about = [run_id, provider_id, model_id, finish_reason, toJson(message.usage), toJson(message.error)];
    insertMessage.run(id, conversation_id, parent_id, role, parts, status, ...about, created_at);
  }

  return async (owner, conversation, messages) => {
    const { id, title, pinned, archived, created_at, updated_at, active_leaf_id } = conversation;
    unfinished.add(id);
    try {
      const head = [id, owner, title, Number(pinned), Number(archived), created_at, updated_at, NOT_WHOLE];
      await whenNotBusy(() => insert.run(...head));
      for await (const page of messages) {
        for (let from = 0; from < page.length; from += PIECE) {
          const piece = page.slice(from, from + PIECE);
          await whenNotBusy(() =>
            inTransaction(database, () => {
              for (const message of piece) addMessage(id, message);
            }),
          );
          await othersTurn();
        }
      }
      await whenNotBusy(() => show.run(active_leaf_id, id));
    } finally {
      // What broke off is deleted by the next purge.
      unfinished.delete(id);
    }
  };
}
