/**
 * Groups writes into transactions: at once while little is going on, so that a first token never
 * waits; at most every few milliseconds under load, so that a thousand streams share a commit.
 */
import type { DatabaseSync } from 'node:sqlite';
import { isBusy, toStorageError } from './storage-errors.ts';

/** A commit per 5 ms costs 2.5 ms of latency on average, which nobody sees, and a third of a commit per turn. */
const GROUP_MS = 5;
const BUSY_RETRY_MS = 100;
/** A backup or a virus scanner may hold the lock this long; until then running answers just wait. */
const BUSY_LIMIT_MS = 15_000;

/** Something to be written in a transaction of several. */
export interface Work {
  /** Inside the transaction; may be called again after a rollback. */
  write(): void;
  /** Right after the commit, before the promise resolves. */
  committed(): void;
}

interface Item {
  work: Work;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export interface GroupCommit {
  /**
   * Resolves when committed and delivered. Rejects with the item's own failure; others in the group are unharmed.
   * `urgent`: does not wait for the group, but takes it along.
   */
  add(work: Work, urgent?: boolean): Promise<void>;
  /** Commits what waits. */
  flush(): void;
}

export function createGroupCommit(database: DatabaseSync): GroupCommit {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  let items: Item[] = [];
  let lastFlush = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let busySince: number | undefined;

  function add(work: Work, urgent = false): Promise<void> {
    return new Promise((resolve, reject) => {
      items.push({ work, resolve, reject });
      if (timer && (!urgent || busySince !== undefined)) return;
      const wait = urgent ? 0 : lastFlush + GROUP_MS - performance.now();
      if (wait <= 0) flush();
      else timer = setTimeout(flush, Math.ceil(wait));
    });
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (items.length === 0) return;
    const group = items;
    items = [];
    lastFlush = performance.now();
    try {
      transact(group);
    } catch (error) {
      if (isBusy(error) && !waitedTooLong()) {
        again(group);
        return;
      }
      busySince = undefined;
      // Trying each alone on a locked database would block the event loop for each.
      if (group.length === 1 || isBusy(error)) for (const item of group) item.reject(toStorageError(error));
      else for (const item of group) alone(item);
      return;
    }
    busySince = undefined;
    settle(group);
  }

  function transact(group: readonly Item[]): void {
    begin.run();
    try {
      for (const { work } of group) work.write();
      commit.run();
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk); a second ROLLBACK would only hide why.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  /** One bad write must not take the others of its group with it. */
  function alone(item: Item): void {
    try {
      transact([item]);
    } catch (error) {
      item.reject(toStorageError(error));
      return;
    }
    settle([item]);
  }

  function settle(group: readonly Item[]): void {
    for (const { work } of group) work.committed();
    for (const item of group) item.resolve();
  }

  function again(group: Item[]): void {
    items = [...group, ...items];
    timer = setTimeout(flush, BUSY_RETRY_MS);
  }

  function waitedTooLong(): boolean {
    busySince ??= performance.now();
    return performance.now() - busySince > BUSY_LIMIT_MS;
  }

  return { add, flush };
}
