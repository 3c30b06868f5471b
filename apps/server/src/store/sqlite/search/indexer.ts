/**
 * Takes what was written into the indexes, many messages in one transaction: alone, each would cost its writer ten
 * times as much, and now and then fifty milliseconds of merging. Works in pieces of a few milliseconds beside everything
 * else, also through what an older database brings.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { inTransaction } from '../transaction.ts';
import { searchableText } from './searchable-text.ts';
import { termsOf } from './words.ts';

/** How often it looks for something new, and the pause between two pieces when there is more. */
const POLL_MS = 1000;
const PAUSE_MS = 20;
const PIECE_MS = 4;
const BATCH = 16;
/** Merging goes along, or hundreds of small parts would have to be merged at once. */
const MERGE_MS = 2;
/** Pages of the index that are merged at once: one or two milliseconds. */
const MERGE_PAGES = 8;
/** How long a search waits for the rest. Longer only where an older database is being taken in. */
const PATIENCE_MS = 200;

export interface Indexer {
  /** Resolves when everything committed can be found, or after a fifth of a second. Never rejects. */
  catchUp(): Promise<void>;
  close(): void;
}

interface Queue {
  isEmpty(): boolean;
  /** Indexes the newest few. To be called inside a transaction. */
  index(): void;
  /** Merges a little; false when there is nothing to merge. To be called inside a transaction. */
  merge(): boolean;
}

/** `database` is the connection that writes. */
export function createIndexer(database: DatabaseSync): Indexer {
  const titles = createQueue(
    database,
    'title',
    `SELECT u.position, c.title AS text FROM unindexed_titles u JOIN titles t ON t.position = u.position
     JOIN conversations c ON c.id = t.conversation_id`,
    (title) => title,
  );
  const messages = createQueue(
    database,
    'message',
    'SELECT u.position, m.parts AS text FROM unindexed_messages u JOIN messages m ON m.position = u.position',
    searchableText,
  );
  const queues = [titles, messages];
  const isBehind = () => queues.some((queue) => !queue.isEmpty());
  let isUnmerged = true;
  let timer = setTimeout(work, POLL_MS).unref();

  /** Whether there is more to do. */
  function piece(): boolean {
    if (!isBehind() && !isUnmerged) return false;
    inTransaction(database, () => {
      const until = performance.now() + PIECE_MS;
      for (const queue of queues) while (!queue.isEmpty() && performance.now() < until) queue.index();
      const mergeUntil = performance.now() + MERGE_MS;
      do isUnmerged = queues.map((queue) => queue.merge()).includes(true);
      while (isUnmerged && performance.now() < mergeUntil);
    });
    return isUnmerged || isBehind();
  }

  function work(): void {
    let wait = POLL_MS;
    try {
      if (piece()) wait = PAUSE_MS;
    } catch {
      // A locked or full disk: what was written stays noted, and is taken in when it can be.
    }
    timer = setTimeout(work, wait).unref();
  }

  return {
    async catchUp() {
      const until = performance.now() + PATIENCE_MS;
      try {
        while (isBehind() && performance.now() < until) {
          piece();
          await othersTurn();
        }
      } catch {
        // Found is then what was indexed before.
      }
    },
    close: () => clearTimeout(timer),
  };
}

function createQueue(database: DatabaseSync, name: string, source: string, textOf: (stored: string) => string): Queue {
  const first = database.prepare(`SELECT 1 FROM unindexed_${name}s LIMIT 1`);
  const newest = database.prepare(`${source} ORDER BY u.position DESC LIMIT ${BATCH}`);
  const insert = database.prepare(`INSERT OR REPLACE INTO ${name}_index (rowid, terms) VALUES (?, ?)`);
  const done = database.prepare(`DELETE FROM unindexed_${name}s WHERE position = ?`);
  const mergeSome = database.prepare(
    `INSERT INTO ${name}_index (${name}_index, rank) VALUES ('merge', ${MERGE_PAGES})`,
  );
  const changes = database.prepare('SELECT total_changes() AS count');
  const changeCount = () => Number(changes.get()?.count);

  return {
    isEmpty: () => first.get() === undefined,
    index() {
      // The index is quicker with what comes in order.
      for (const { position, text } of newest.all().reverse()) {
        insert.run(position as number, termsOf(textOf(String(text))));
        done.run(position as number);
      }
    },
    merge() {
      const before = changeCount();
      mergeSome.run();
      // https://www.sqlite.org/fts5.html#the_merge_command: less than two changes are no work.
      return changeCount() - before >= 2;
    },
  };
}
