/**
 * Very many messages, written into the store's own tables in big transactions, as an import leaves them: the store's
 * own code would take far longer. The last of them are indexed by the store's own indexer, so that the index is
 * left in the parts in which real use leaves it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { openDatabase } from '../apps/server/src/store/sqlite/open-database.ts';
import { createIndexer } from '../apps/server/src/store/sqlite/search/indexer.ts';
import { searchableText } from '../apps/server/src/store/sqlite/search/searchable-text.ts';
import { termsOf } from '../apps/server/src/store/sqlite/search/words.ts';
import { createWriter, type Writer } from './prose.ts';

const OWNER = 'local';
const FIRST_AT = 1_700_000_000_000;
/** Conversations that are written, and messages that are indexed, in one transaction. */
const WRITTEN_AT_ONCE = 500;
const INDEXED_AT_ONCE = 5000;
/** Pages of the index that are merged in one go. */
const MERGED_AT_ONCE = 2000;
/** Messages that are left to the store's own indexer. */
const LEFT_TO_STORE = 10_000;

/** The conversation that `long` asks for. */
export const LONG_CONVERSATION = 'conv_long';

export interface Filling {
  /** Messages in all. */
  messages: number;
  /** Of these in LONG_CONVERSATION, which goes on beside the others from the first day to the last. */
  long?: number;
  log(line: string): void;
}

/** Fills the database in `folder`, and resolves when every message can be found. */
export async function fillQuickly(folder: string, filling: Filling): Promise<void> {
  const { database, close } = openDatabase(folder);
  try {
    database.exec('PRAGMA cache_size = -500000; PRAGMA synchronous = OFF;');
    writeMessages(database, filling);
    for (const name of ['title', 'message'] as const) indexMost(database, name, filling);
    await indexRest(database);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE);');
  } finally {
    close();
  }
}

function inTransaction(database: DatabaseSync, body: () => void): void {
  database.exec('BEGIN');
  body();
  database.exec('COMMIT');
}

function writeMessages(database: DatabaseSync, { messages, long = 0, log }: Filling): void {
  const write = createMessageWriter(database, createWriter(7));
  const hasLong = long > 0;
  if (hasLong) write.begin(LONG_CONVERSATION);
  const others = messages - long;
  let written = 0;
  let ofLong = 0;
  for (let number = 0; written < others; ) {
    inTransaction(database, () => {
      for (let n = 0; n < WRITTEN_AT_ONCE && written < others; n += 1, number += 1) {
        const id = `conv_${String(number).padStart(8, '0')}`;
        write.begin(id);
        for (let left = Math.min(write.lengthOfOne(), others - written); left > 0; left -= 1, written += 1) {
          write.message(id);
          for (; ofLong < Math.floor((long * (written + 1)) / others); ofLong += 1) write.message(LONG_CONVERSATION);
        }
        write.end(id);
      }
    });
    if (number % 10_000 === 0) log(`filling: ${written.toLocaleString('en')} messages written`);
  }
  if (hasLong) write.end(LONG_CONVERSATION);
}

/** Questions and answers in turn, each hung below the one before. */
function createMessageWriter(database: DatabaseSync, writer: Writer) {
  const insert = database.prepare(
    'INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
  );
  const insertMessage = database.prepare(`
    INSERT INTO messages (id, conversation_id, parent_id, role, parts, status, provider_id, model_id, finish_reason,
      usage, created_at)
    VALUES (?, ?, ?, ?, ?, 'completed', ?, ?, ?, ?, ?)`);
  const finish = database.prepare('UPDATE conversations SET active_leaf_id = ?, updated_at = ? WHERE id = ?');
  const lastOf = new Map<string, { id: string; isQuestion: boolean }>();
  let count = 0;
  const now = () => new Date(FIRST_AT + count * 30_000).toISOString();
  return {
    lengthOfOne: () => 2 * writer.between(1, 19),
    begin(id: string): void {
      writer.newTopic();
      insert.run(id, OWNER, writer.text(writer.between(3, 7)), now(), now());
    },
    message(conversation: string): void {
      const last = lastOf.get(conversation);
      const isQuestion = !last?.isQuestion;
      const id = `msg_${String(count).padStart(20, '0')}`;
      const text = writer.text(isQuestion ? writer.between(4, 36) : writer.between(20, 180));
      const usage = '{"prompt_tokens":120,"completion_tokens":130,"total_tokens":250}';
      const about = isQuestion ? [null, null, null, null] : ['bench', 'bench-t5-d0-n1-f0', 'stop', usage];
      const parts = JSON.stringify([{ type: 'text', text }]);
      insertMessage.run(id, conversation, last?.id ?? null, isQuestion ? 'user' : 'assistant', parts, ...about, now());
      lastOf.set(conversation, { id, isQuestion });
      count += 1;
    },
    end(conversation: string): void {
      finish.run(lastOf.get(conversation)?.id ?? null, now(), conversation);
      lastOf.delete(conversation);
    },
  };
}

/** What the store's indexer does, in transactions of thousands instead of dozens. */
function indexMost(database: DatabaseSync, name: 'title' | 'message', { log }: Filling): void {
  const source =
    name === 'title'
      ? 'SELECT position, title AS text FROM titles t JOIN conversations c ON c.id = t.conversation_id'
      : 'SELECT position, parts AS text FROM messages';
  const textOf = name === 'title' ? (title: string) => title : searchableText;
  const some = database.prepare(`${source} WHERE position > ? AND position <= ? ORDER BY position`);
  const insert = database.prepare(`INSERT INTO ${name}_index (rowid, terms) VALUES (?, ?)`);
  const done = database.prepare(`DELETE FROM unindexed_${name}s WHERE position <= ?`);
  const { last } = database.prepare(`SELECT max(position) AS last FROM unindexed_${name}s`).get() as { last: number };
  const until = last - (name === 'message' ? Math.min(LEFT_TO_STORE, last / 2) : 0);
  for (let from = 0; from < until; from += INDEXED_AT_ONCE) {
    const to = Math.min(until, from + INDEXED_AT_ONCE);
    inTransaction(database, () => {
      for (const { position, text } of some.iterate(from, to)) {
        insert.run(Number(position), termsOf(textOf(String(text))));
      }
      done.run(to);
    });
    mergeAll(database, name);
    if (to % 100_000 === 0) log(`filling: ${to.toLocaleString('en')} ${name}s indexed`);
  }
}

/** https://www.sqlite.org/fts5.html#the_merge_command: less than two changes are no work. */
function mergeAll(database: DatabaseSync, name: string): void {
  const merge = database.prepare(`INSERT INTO ${name}_index (${name}_index, rank) VALUES ('merge', ${MERGED_AT_ONCE})`);
  const count = database.prepare('SELECT total_changes() AS count');
  const changes = () => Number(count.get()?.count);
  for (let before = changes(); ; before = changes()) {
    merge.run();
    if (changes() - before < 2) return;
  }
}

async function indexRest(database: DatabaseSync): Promise<void> {
  const first = database.prepare('SELECT 1 FROM unindexed_messages UNION ALL SELECT 1 FROM unindexed_titles LIMIT 1');
  const indexer = createIndexer(database);
  while (first.get()) {
    await indexer.catchUp();
    await othersTurn();
  }
  indexer.close();
  mergeAll(database, 'message');
}
