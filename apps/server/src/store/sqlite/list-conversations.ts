/** The lists of conversations: those at hand, the archived, the deleted, and what a search finds. */
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { ConversationStore, Owner, Page } from '../../engine/ports.ts';
import { keptSince } from '../kit/kept-since.ts';
import { formatPageCursor, parsePageCursor } from './page-cursor.ts';
import { type ConversationRow, toConversation } from './rows.ts';
import type { SearchThread } from './search/search-thread.ts';

const shownPlace = z.tuple([z.literal([0, 1]), z.string(), z.string()]);
const deletedPlace = z.tuple([z.string(), z.string()]);
const foundPlace = z.tuple([z.enum(['titles', 'messages']), z.int()]);

export type ConversationLists = Pick<ConversationStore, 'list' | 'listDeleted' | 'search' | 'ids'>;

export function createConversationLists(database: DatabaseSync, searching: SearchThread): ConversationLists {
  const firstShown = database.prepare(`
    SELECT * FROM conversations WHERE owner = ? AND archived = ? AND deleted_at IS NULL
    ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT ?`);
  const nextShown = database.prepare(`
    SELECT * FROM conversations
    WHERE owner = ? AND archived = ? AND deleted_at IS NULL AND (pinned, updated_at, id) < (?, ?, ?)
    ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT ?`);
  const firstDeleted = database.prepare(`
    SELECT * FROM conversations WHERE owner = ? AND deleted_at >= ? ORDER BY deleted_at DESC, id DESC LIMIT ?`);
  const nextDeleted = database.prepare(`
    SELECT * FROM conversations WHERE owner = ? AND deleted_at >= ? AND (deleted_at, id) < (?, ?)
    ORDER BY deleted_at DESC, id DESC LIMIT ?`);
  // By the order of titles, which is that of creation and has an index.
  const idsAfter = database.prepare(`
    SELECT c.id FROM titles t CROSS JOIN conversations c ON c.id = t.conversation_id
    WHERE t.position > COALESCE((SELECT position FROM titles WHERE conversation_id = ?), 0)
      AND c.owner = ? AND c.deleted_at IS NULL ORDER BY t.position LIMIT ?`);

  return {
    async list(owner, { cursor, limit, archived = false }) {
      const name = archived ? 'archived' : 'shown';
      const after = cursor === undefined ? undefined : parsePageCursor(owner, name, shownPlace, cursor);
      const rows = (after
        ? nextShown.all(owner, Number(archived), ...after, limit + 1)
        : firstShown.all(owner, Number(archived), limit + 1)) as unknown as ConversationRow[];
      return pageOf(owner, name, rows, limit, toConversation, ({ pinned, updated_at, id }) => [pinned, updated_at, id]);
    },

    async listDeleted(owner, { cursor, limit, now }) {
      const since = keptSince(now);
      const after = cursor === undefined ? undefined : parsePageCursor(owner, 'deleted', deletedPlace, cursor);
      const rows = (after
        ? nextDeleted.all(owner, since, ...after, limit + 1)
        : firstDeleted.all(owner, since, limit + 1)) as unknown as DeletedRow[];
      const toDeleted = (row: DeletedRow) => ({ ...toConversation(row), deleted_at: row.deleted_at });
      return pageOf(owner, 'deleted', rows, limit, toDeleted, ({ deleted_at, id }) => [deleted_at, id]);
    },

    async search(owner, { q, archived, cursor, limit }, signal) {
      const name = `found ${archived ?? ''} ${q}`;
      const place = cursor === undefined ? undefined : parsePageCursor(owner, name, foundPlace, cursor);
      const after = place && { in: place[0], position: place[1] };
      const { items, next } = await searching.find({ owner, q, archived, after, limit }, signal);
      return {
        items: items.map(({ conversation, match }) => ({ ...conversation, match })),
        next_cursor: next && formatPageCursor(owner, name, [next.in, next.position]),
      };
    },

    ids: async (owner, after, limit) => idsAfter.all(after ?? null, owner, limit).map(({ id }) => String(id)),
  };
}

interface DeletedRow extends ConversationRow {
  deleted_at: string;
}

/** `rows` has one more than `limit` when there is a next page. */
function pageOf<Row, Item>(
  owner: Owner,
  list: string,
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  placeOf: (row: Row) => (string | number)[],
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), next_cursor: hasMore ? formatPageCursor(owner, list, placeOf(last)) : null };
}
