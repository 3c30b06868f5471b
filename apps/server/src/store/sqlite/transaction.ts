import type { DatabaseSync } from 'node:sqlite';

/** `body` in one immediate transaction, so that a lock is met at its beginning and not in its middle. */
export function inTransaction<T>(database: DatabaseSync, body: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = body();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
