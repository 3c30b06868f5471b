import type { DatabaseSync, StatementSync } from 'node:sqlite';

interface Marks {
  begin: StatementSync;
  commit: StatementSync;
}

/** Prepared once: compiling them costs as much as a small transaction. */
const marksOf = new WeakMap<DatabaseSync, Marks>();

function marks(database: DatabaseSync): Marks {
  const known = marksOf.get(database);
  if (known) return known;
  const made = { begin: database.prepare('BEGIN IMMEDIATE'), commit: database.prepare('COMMIT') };
  marksOf.set(database, made);
  return made;
}

/** `body` in one immediate transaction, so that a lock is met at its beginning and not in its middle. */
export function inTransaction<T>(database: DatabaseSync, body: () => T): T {
  const { begin, commit } = marks(database);
  begin.run();
  try {
    const result = body();
    commit.run();
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors (a full disk); a second ROLLBACK would only hide why.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
