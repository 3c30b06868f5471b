/**
 * Finds conversations by their titles, then by their messages, each the newest first and each conversation once.
 * Pages are found by walking from the top again: where an earlier page ended is only clear from what it has shown.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Conversation } from '@lightchat/protocol';
import { type ConversationRow, toConversation } from '../rows.ts';
import { marksIn } from './marks.ts';
import { parseQuery, type Query } from './query.ts';
import { searchableText } from './searchable-text.ts';
import { type Snippet, snippetOf } from './snippet.ts';

/** Hits of a page that are looked at; then it ends, short as it may be, with a place to go on from. */
const MOST_HITS = 20_000;

/** A hit's place in the walk. */
export interface Place {
  in: 'titles' | 'messages';
  position: number;
}

export interface FindRequest {
  owner: string;
  /** As typed. */
  q: string;
  /** undefined: archived ones too. */
  archived: boolean | undefined;
  /** Only what comes after this place. */
  after: Place | undefined;
  limit: number;
}

export interface Found {
  conversation: Conversation;
  /** null: the title is what matches. */
  match: Snippet & { message_id: string | null };
}

export interface FoundPage {
  items: Found[];
  /** Where the next page begins; null when there is none. */
  next: Place | null;
}

interface Hit {
  place: Place;
  conversation_id: string;
}

/** `database` is only read. */
export function createFinder(database: DatabaseSync): (request: FindRequest) => FoundPage {
  // CROSS JOIN keeps the index outside, which gives the newest first without sorting.
  const inTitles = database.prepare(`
    SELECT i.rowid AS position, t.conversation_id FROM title_index i
    CROSS JOIN titles t ON t.position = i.rowid CROSS JOIN conversations c ON c.id = t.conversation_id
    WHERE title_index MATCH ? AND c.owner = ? AND c.deleted_at IS NULL AND c.archived IN (?, ?) ORDER BY i.rowid DESC`);
  const inMessages = database.prepare(`
    SELECT i.rowid AS position, m.conversation_id FROM message_index i
    CROSS JOIN messages m ON m.position = i.rowid CROSS JOIN conversations c ON c.id = m.conversation_id
    WHERE message_index MATCH ? AND m.hidden_at IS NULL
      AND c.owner = ? AND c.deleted_at IS NULL AND c.archived IN (?, ?) ORDER BY i.rowid DESC`);
  const conversationById = database.prepare('SELECT * FROM conversations WHERE id = ?');
  const messageAt = database.prepare('SELECT id, parts FROM messages WHERE position = ?');

  function* walk(query: Query, { owner, archived }: FindRequest): Generator<Hit> {
    const states = archived === undefined ? [0, 1] : [Number(archived), Number(archived)];
    const from = (statement: StatementSync) =>
      statement.iterate(query.expression, owner, ...states) as Iterable<unknown> as Iterable<HitRow>;
    for (const { position, conversation_id } of from(inTitles))
      yield { place: { in: 'titles', position }, conversation_id };
    for (const { position, conversation_id } of from(inMessages))
      yield { place: { in: 'messages', position }, conversation_id };
  }

  /** The hit as it is shown, or undefined when the index found more than was asked for. */
  function show({ place, conversation_id }: Hit, query: Query): Found | undefined {
    const row = conversationById.get(conversation_id) as unknown as ConversationRow;
    const message = place.in === 'messages' ? (messageAt.get(place.position) as unknown as MessageText) : undefined;
    const text = message ? searchableText(message.parts) : row.title;
    const marks = marksIn(text, query);
    if (!marks) return undefined;
    return { conversation: toConversation(row), match: { message_id: message?.id ?? null, ...snippetOf(text, marks) } };
  }

  return (request) => {
    const query = parseQuery(request.q);
    const items: Found[] = [];
    if (!query) return { items, next: null };
    const seen = new Set<string>();
    let looked = 0;
    let last: Place | null = null;
    for (const hit of walk(query, request)) {
      const isNew = !request.after || comesAfter(hit.place, request.after);
      if (isNew && (items.length === request.limit || looked === MOST_HITS)) return { items, next: last };
      if (isNew) {
        looked += 1;
        last = hit.place;
      }
      if (seen.has(hit.conversation_id)) continue;
      const found = show(hit, query);
      if (!found) continue;
      seen.add(hit.conversation_id);
      if (isNew) items.push(found);
    }
    return { items, next: null };
  };
}

function comesAfter(place: Place, other: Place): boolean {
  if (place.in !== other.in) return place.in === 'messages';
  return place.position < other.position;
}

interface HitRow extends Record<string, SQLOutputValue> {
  position: number;
  conversation_id: string;
}

interface MessageText {
  id: string;
  parts: string;
}
