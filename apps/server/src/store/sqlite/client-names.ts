/** Conversations and messages by the ids that clients gave them. */
import type { DatabaseSync } from 'node:sqlite';
import type { ClientNames, Owner } from '../../engine/ports.ts';
import { type MessageRow, type RunRow, toMessage } from './rows.ts';

export interface NamedConversation {
  id: string;
  active_leaf_id: string | null;
  deleted_at: string | null;
}

/** The same questions inside a transaction. `messages` and `answer` ask nobody who owns the conversation. */
export interface ClientNameQueries {
  /** Also a deleted one: its name is not free. */
  conversation(owner: Owner, id: string): NamedConversation | undefined;
  messages(conversationId: string, id: string): MessageRow[];
  answer(conversationId: string, messageId: string): RunRow | undefined;
}

export function clientNameQueries(database: DatabaseSync): ClientNameQueries {
  const conversation = database.prepare(`
    SELECT id, active_leaf_id, deleted_at FROM conversations WHERE owner = ?1 AND (id = ?2 OR client_id = ?2)
    ORDER BY id = ?2 DESC LIMIT 1`);
  // The plus keeps SQLite from walking the whole conversation, which the order by position tempts it to.
  const messages = database.prepare(
    `SELECT * FROM messages WHERE +conversation_id = ?1 AND (id = ?2 OR (conversation_id = ?1 AND client_id = ?2))
     AND hidden_at IS NULL ORDER BY position DESC`,
  );
  const answer = database.prepare(`
    SELECT r.* FROM messages m JOIN runs r ON r.id = m.run_id
    WHERE m.conversation_id = ? AND m.parent_id = ? AND m.hidden_at IS NULL ORDER BY m.position DESC LIMIT 1`);
  return {
    conversation: (owner, id) => conversation.get(owner, id) as NamedConversation | undefined,
    messages: (conversationId, id) => messages.all(conversationId, id) as unknown as MessageRow[],
    answer: (conversationId, messageId) => answer.get(conversationId, messageId) as RunRow | undefined,
  };
}

export function createClientNames(database: DatabaseSync): ClientNames {
  const queries = clientNameQueries(database);
  const working = database.prepare(`
    SELECT id FROM runs WHERE conversation_id = ? AND finished_at IS NULL ORDER BY position DESC`);

  function find(owner: Owner, id: string): NamedConversation | undefined {
    const found = queries.conversation(owner, id);
    return found?.deleted_at === null ? found : undefined;
  }

  return {
    async conversation(owner, id) {
      const found = find(owner, id);
      return found && { id: found.id, active_leaf_id: found.active_leaf_id };
    },
    // Asked with the id that was found: the one given may be a stranger's, and a name of the owner's.
    async messages(owner, conversationId, id) {
      const found = find(owner, conversationId);
      return found ? queries.messages(found.id, id).map(toMessage) : [];
    },
    async answer(owner, conversationId, messageId) {
      const found = find(owner, conversationId);
      return found && queries.answer(found.id, messageId)?.id;
    },
    async working(owner, conversationId) {
      const found = find(owner, conversationId);
      return found ? working.all(found.id).map(({ id }) => String(id)) : [];
    },
  };
}
