/**
 * Opens the database in the data folder, brings it to this version, or refuses with a sentence.
 * Nothing is ever repaired by deleting.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from './migrations/index.ts';
import { isBusy, isCorrupt } from './storage-errors.ts';

/** Before this, concurrent checkpoints could corrupt a WAL database (https://www.sqlite.org/wal.html#walresetbug). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** Writers wait this long inside SQLite; longer waits are ours, off the event loop. */
const BUSY_TIMEOUT_MS = 20;

export interface OpenDatabase {
  /** Its path. */
  file: string;
  database: DatabaseSync;
  /** Snapshots made before a migration, oldest first. */
  snapshots: string[];
  close(): void;
}

/** A refusal to start: `message` is for the person in front of the terminal. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal';
}

/** `folder` is created when missing, readable only by its owner. Throws StoreRefusal. */
export function openDatabase(folder: string, migrations = MIGRATIONS): OpenDatabase {
  const file = join(folder, 'lightchat.db');
  let lock: DatabaseSync | undefined;
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = lockFolder(folder);
    const isNew = !existsSync(file) || statSync(file).size === 0;
    keepPrivate(file);
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    refuseOldSqlite(database);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;');
    const snapshots = migrate(database, file, isNew, migrations);
    const opened = database;
    const held = lock;
    return {
      file,
      database: opened,
      snapshots,
      close() {
        opened.close();
        held.close();
      },
    };
  } catch (error) {
    database?.close();
    lock?.close();
    throw refusal(error, file);
  }
}

/**
 * Conversations are their owner's alone, also in a folder that others may read. SQLite gives the files beside
 * the database the mode that the database has when it makes them. Some disks know no modes, and a file may be
 * another user's who shares it: that is no reason not to start.
 */
function keepPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
    for (const name of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(name)) chmodSync(name, 0o600);
  } catch {
    // Whether the database can be used at all is found out, and said, by opening it.
  }
}

/**
 * One process per data folder: a second one would take the first one's running answers for dead.
 * SQLite's own file lock serves, because the system drops it when a process dies, however it dies.
 */
function lockFolder(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'lightchat.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new StoreRefusal(
      `Another LightChat is already using the data folder ${folder}. Use that one, stop it, or start this one with another --data-dir.`,
    );
  }
}

function refuseOldSqlite(database: DatabaseSync): void {
  const row = database.prepare('SELECT sqlite_version() AS version').get() as { version: string };
  const version = row.version.split('.').map(Number);
  for (const [place, wanted] of OLDEST_SQLITE.entries()) {
    const have = version[place] ?? 0;
    if (have > wanted) return;
    if (have < wanted) {
      throw new StoreRefusal(
        `This Node brings SQLite ${row.version}, which can damage databases; LightChat needs ${OLDEST_SQLITE.join('.')} or newer. Update Node.`,
      );
    }
  }
}

function migrate(database: DatabaseSync, file: string, isNew: boolean, migrations: typeof MIGRATIONS): string[] {
  const snapshots: string[] = [];
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > migrations.length) {
    throw new StoreRefusal(
      `The database ${file} was written by a newer LightChat (format ${version}, this one knows ${migrations.length}). Nothing was changed. Start the newer version, or use another --data-dir.`,
    );
  }
  if (version === 0 && !isNew) refuseForeign(database, file);
  for (let next = version; next < migrations.length; next += 1) {
    const migration = migrations[next];
    if (!migration) break;
    if (!isNew) snapshots.push(snapshot(database, file, next));
    database.exec('BEGIN IMMEDIATE');
    try {
      database.exec(migration.sql);
      database.exec(`PRAGMA user_version = ${next + 1}`);
      database.exec('COMMIT');
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk); a second ROLLBACK would only hide why.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
  return snapshots;
}

function refuseForeign(database: DatabaseSync, file: string): void {
  const { tables } = database.prepare("SELECT count(*) AS tables FROM sqlite_master WHERE type = 'table'").get() as {
    tables: number;
  };
  if (tables === 0) return;
  throw new StoreRefusal(
    `${file} is a database of another program. Nothing was changed. Move it away, or use another --data-dir.`,
  );
}

/**
 * A consistent copy beside the database, named by the format it has, as private as the database. Kept until its owner
 * deletes it. Half a copy opens like a whole one, as an empty database: it never gets the name.
 */
function snapshot(database: DatabaseSync, file: string, version: number): string {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const copy = `${file}.before-format-${version + 1}.${stamp}`;
  const unfinished = `${file}.unfinished-copy`;
  rmSync(unfinished, { force: true });
  try {
    closeSync(openSync(unfinished, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(unfinished);
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return copy;
}

function refusal(error: unknown, file: string): unknown {
  if (error instanceof StoreRefusal) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (isCorrupt(error)) {
    return new StoreRefusal(
      `The database ${file} is damaged or is not a database (${reason}). Nothing was changed. Put a backup or one of the ${file}.before-format-* snapshots in its place, or use another --data-dir.`,
    );
  }
  return new StoreRefusal(
    `The database ${file} cannot be opened: ${reason}. Check the folder's permissions and space.`,
  );
}
