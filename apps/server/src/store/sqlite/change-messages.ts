/** Versions of messages, and messages that are deleted and brought back. */
import type { DatabaseSync } from 'node:sqlite';
import { AppError, type MessagePart } from '@lightchat/protocol';
import type { ConversationStore, Owner } from '../../engine/ports.ts';
import { type ConversationRow, type MessageRow, toMessage } from './rows.ts';
import { inTransaction } from './transaction.ts';
import { whenNotBusy } from './when-not-busy.ts';

export type MessageChanges = Pick<ConversationStore, 'edit' | 'hideMessage' | 'restoreMessage'>;

/** A message and everything below it, whatever of it is there. CROSS JOIN keeps the planner from turning it around. */
const BELOW = `
  WITH RECURSIVE below (id, position) AS (
    SELECT id, position FROM messages WHERE conversation_id = ?1 AND id = ?2
    UNION ALL
    SELECT m.id, m.position FROM below CROSS JOIN messages m ON m.conversation_id = ?1 AND m.parent_id = below.id
  )`;

export function createMessageChanges(
  database: DatabaseSync,
  rowOf: (owner: Owner, id: string) => ConversationRow,
): MessageChanges {
  const byId = database.prepare('SELECT * FROM messages WHERE conversation_id = ? AND id = ?');
  const insert = database.prepare(`
    INSERT INTO messages (id, conversation_id, parent_id, role, parts, status, provider_id, model_id, finish_reason, created_at)
    VALUES (?, ?, ?, ?, ?, 'completed', ?, ?, ?, ?)`);
  const touch = database.prepare('UPDATE conversations SET active_leaf_id = ?, updated_at = ? WHERE id = ?');
  const setLeaf = database.prepare('UPDATE conversations SET active_leaf_id = ? WHERE id = ?');
  const hide = database.prepare(`${BELOW}
    UPDATE messages SET hidden_at = ?3, hidden_by = ?2
    WHERE hidden_at IS NULL AND position IN (SELECT position FROM below)`);
  const unhide = database.prepare(
    'UPDATE messages SET hidden_at = NULL, hidden_by = NULL WHERE conversation_id = ? AND hidden_by = ?',
  );
  const working = database.prepare(
    `SELECT run_id FROM messages WHERE conversation_id = ? AND hidden_by = ? AND status = 'running' AND run_id IS NOT NULL`,
  );
  // The newest of a branch has nothing below it.
  const newestBelow = database.prepare(`${BELOW}
    SELECT m.id FROM below JOIN messages m ON m.position = below.position
    WHERE m.hidden_at IS NULL ORDER BY m.position DESC LIMIT 1`);
  const newestVersion = database.prepare(`
    SELECT id FROM messages WHERE conversation_id = ? AND parent_id IS ? AND hidden_at IS NULL ORDER BY position DESC LIMIT 1`);
  const isBelow = database.prepare(`
    WITH RECURSIVE up (id, parent_id) AS (
      SELECT id, parent_id FROM messages WHERE conversation_id = ?1 AND id = ?2
      UNION ALL
      SELECT m.id, m.parent_id FROM up CROSS JOIN messages m ON m.conversation_id = ?1 AND m.id = up.parent_id
    )
    SELECT 1 FROM up WHERE id = ?3`);

  function find(conversation: string, id: string): MessageRow {
    const row = byId.get(conversation, id) as MessageRow | undefined;
    if (!row) throw new AppError('NOT_FOUND', 'There is no such message in this conversation.');
    return row;
  }

  function findShown(conversation: string, id: string): MessageRow {
    const row = find(conversation, id);
    if (row.hidden_at === null) return row;
    throw new AppError('NOT_FOUND', 'This message is deleted. Restore it first.');
  }

  function newestEnd(conversation: string, id: string): string {
    return String(newestBelow.get(conversation, id)?.id ?? id);
  }

  /** Where the reader goes when a message is deleted: another version of it, else the one above. */
  function placeBeside(conversation: string, parent: string | null): string | null {
    const version = newestVersion.get(conversation, parent);
    return version ? newestEnd(conversation, String(version.id)) : parent;
  }

  return {
    edit: (owner, conversation, messageId, { id, text, created_at }) =>
      whenNotBusy(() =>
        inTransaction(database, () => {
          rowOf(owner, conversation);
          const { parent_id, role, parts, status, provider_id, model_id, finish_reason } = findShown(
            conversation,
            messageId,
          );
          if (status === 'running') {
            throw new AppError('CONFLICT', 'This message is still being written. Wait for its end, or stop it.');
          }
          const edited = JSON.stringify(withText(JSON.parse(parts) as MessagePart[], text));
          const reason = role === 'assistant' ? (finish_reason ?? 'stop') : null;
          insert.run(id, conversation, parent_id, role, edited, provider_id, model_id, reason, created_at);
          touch.run(id, created_at, conversation);
          return toMessage(find(conversation, id));
        }),
      ),

    hideMessage: (owner, conversation, messageId, now) =>
      whenNotBusy(() =>
        inTransaction(database, () => {
          const { active_leaf_id } = rowOf(owner, conversation);
          const { parent_id } = findShown(conversation, messageId);
          hide.run(conversation, messageId, now);
          const isLeafGone = active_leaf_id !== null && isBelow.get(conversation, active_leaf_id, messageId);
          if (isLeafGone) setLeaf.run(placeBeside(conversation, parent_id), conversation);
          return working.all(conversation, messageId).map(({ run_id }) => String(run_id));
        }),
      ),

    restoreMessage: (owner, conversation, messageId) =>
      whenNotBusy(() =>
        inTransaction(database, () => {
          const { active_leaf_id } = rowOf(owner, conversation);
          const row = find(conversation, messageId);
          if (row.hidden_by === null) return toMessage(row);
          refuseHalf(row, row.parent_id === null ? undefined : find(conversation, row.parent_id));
          unhide.run(conversation, messageId);
          if (active_leaf_id === row.parent_id) setLeaf.run(newestEnd(conversation, messageId), conversation);
          return toMessage(find(conversation, messageId));
        }),
      ),
  };
}

/** A message comes back with what it was deleted with, and below one that is there. */
function refuseHalf({ id, hidden_by }: MessageRow, above: MessageRow | undefined): void {
  if (hidden_by !== id) {
    throw new AppError('CONFLICT', 'This message was deleted together with another one. Restore that one.', {
      details: { message_id: hidden_by },
    });
  }
  if (above?.hidden_by) {
    throw new AppError('CONFLICT', 'The message above this one is deleted too. Restore that one first.', {
      details: { message_id: above.hidden_by },
    });
  }
}

/** Attachments and tool calls stay; what was thought on the way to the old text does not. */
function withText(parts: readonly MessagePart[], text: string): MessagePart[] {
  return [...parts.filter(({ type }) => type !== 'text' && type !== 'reasoning'), { type: 'text', text }];
}
