/** Reading the messages of a conversation: the tree, one branch of it, page by page. */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { AppError, applyEvents, type Message } from '@lightchat/protocol';
import type { ConversationStore, Owner } from '../../engine/ports.ts';
import { createMessageChanges, type MessageChanges } from './change-messages.ts';
import type { EventLog } from './event-log.ts';
import { type ConversationRow, type MessageRow, toMessage } from './rows.ts';

/** Messages of one page where nobody says how many. */
const PAGE = 100;

/** A message and those above it, ?3 of them at most. Above a message that is there, none is hidden. */
const UP = `
  WITH RECURSIVE up (position, parent_id, depth) AS (
    SELECT position, parent_id, 0 FROM messages WHERE conversation_id = ?1 AND id = ?2 AND hidden_at IS NULL
    UNION ALL
    SELECT m.position, m.parent_id, up.depth + 1 FROM up
      CROSS JOIN messages m ON m.id = up.parent_id AND m.conversation_id = ?1
    LIMIT ?3
  )`;
const ALL = -1;

type MessageTrees = Pick<ConversationStore, 'messages' | 'allMessages' | 'branch' | 'path' | 'pages'> & MessageChanges;

/** `rowOf` throws NOT_FOUND when the owner has no such conversation. */
export function createMessageTrees(
  database: DatabaseSync,
  events: EventLog,
  rowOf: (owner: Owner, id: string) => ConversationRow,
): MessageTrees {
  const tree = database.prepare(
    'SELECT * FROM messages WHERE conversation_id = ? AND hidden_at IS NULL ORDER BY position',
  );
  const wholeTree = database.prepare('SELECT * FROM messages WHERE conversation_id = ? ORDER BY position');
  const treePage = database.prepare(`
    SELECT * FROM messages WHERE conversation_id = ? AND position > ? AND hidden_at IS NULL ORDER BY position LIMIT ?`);
  const branchPlaces = database.prepare(`${UP} SELECT position FROM up ORDER BY depth DESC`);
  const branch = database.prepare(
    `${UP} SELECT m.* FROM up CROSS JOIN messages m ON m.position = up.position ORDER BY up.depth DESC`,
  );
  const messageAt = database.prepare('SELECT * FROM messages WHERE position = ?');
  const visible = database.prepare(
    'SELECT parent_id FROM messages WHERE conversation_id = ? AND id = ? AND hidden_at IS NULL',
  );
  const versions = database.prepare(`
    SELECT id FROM messages WHERE conversation_id = ? AND parent_id IS ? AND hidden_at IS NULL ORDER BY position`);
  const runPosition = database.prepare('SELECT position FROM runs WHERE id = ?');

  /** A message that is being written is in its run's log until the run ends. */
  function withLog(row: MessageRow): Message {
    const message = toMessage(row);
    if (message.status !== 'running' || !message.run_id) return message;
    const run = runPosition.get(message.run_id) as { position: number } | undefined;
    return run ? applyEvents(message, events.all(run.position)) : message;
  }

  function upTo(id: string, leaf: string, most: number): Message[] {
    const rows = branch.all(id, leaf, most) as unknown as MessageRow[];
    if (rows.length === 0) throw noMessage();
    return rows.map(withLog);
  }

  function at(position: unknown): Message | undefined {
    const row = messageAt.get(Number(position)) as unknown as MessageRow | undefined;
    return row && withLog(row);
  }

  async function* branchPages(id: string, leaf: string): AsyncGenerator<Message[]> {
    const places = branchPlaces.all(id, leaf, ALL);
    if (places.length === 0) throw noMessage();
    for (let from = 0; from < places.length; from += PAGE) {
      yield places.slice(from, from + PAGE).flatMap(({ position }) => at(position) ?? []);
      await othersTurn();
    }
  }

  async function* treePages(id: string): AsyncGenerator<Message[]> {
    for (let after = 0; ; ) {
      const rows = treePage.all(id, after, PAGE) as unknown as MessageRow[];
      const last = rows.at(-1);
      if (!last) return;
      yield rows.map(withLog);
      after = last.position;
      await othersTurn();
    }
  }

  function versionsOf(id: string, messages: readonly Message[]): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const message of messages) {
      const all = versions.all(id, message.parent_id).map((row) => String(row.id));
      if (all.length > 1) found[message.id] = all;
    }
    return found;
  }

  return {
    ...createMessageChanges(database, rowOf),

    async messages(owner, id) {
      const { active_leaf_id } = rowOf(owner, id);
      return { items: (tree.all(id) as unknown as MessageRow[]).map(withLog), active_leaf_id };
    },

    async allMessages(owner, id) {
      const { active_leaf_id } = rowOf(owner, id);
      const rows = wholeTree.all(id) as unknown as MessageRow[];
      const items = rows.map((row) => ({
        ...withLog(row),
        ...(row.hidden_by === null ? {} : { hidden_by: row.hidden_by }),
      }));
      return { items, active_leaf_id };
    },

    async branch(owner, id, { leaf, before, limit }) {
      const { active_leaf_id } = rowOf(owner, id);
      const below = before === undefined ? undefined : visible.get(id, before);
      if (before !== undefined && !below) throw noMessage();
      const end = below ? (below.parent_id as string | null) : (leaf ?? active_leaf_id);
      if (end === null) return { items: [], active_leaf_id, before: null, versions: {} };
      const items = upTo(id, end, limit);
      const top = items[0];
      return { items, active_leaf_id, before: top?.parent_id ? top.id : null, versions: versionsOf(id, items) };
    },

    async path(owner, id, leafId) {
      rowOf(owner, id);
      return upTo(id, leafId, ALL);
    },

    pages(owner, id, leaf) {
      rowOf(owner, id);
      return leaf === undefined ? treePages(id) : branchPages(id, leaf);
    },
  };
}

function noMessage(): AppError {
  return new AppError('NOT_FOUND', 'There is no such message in this conversation.');
}
