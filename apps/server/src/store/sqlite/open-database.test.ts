import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from './migrations/index.ts';
import { openDatabase, StoreRefusal } from './open-database.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-open-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, 'lightchat.db');

describe('opening the database', () => {
  it('[CA-2] makes the folder and the tables, for the owner alone', () => {
    const nested = join(folder, 'a', 'b');
    const opened = openDatabase(nested);
    expect(opened.snapshots).toEqual([]);
    expect(opened.database.prepare('SELECT count(*) AS n FROM conversations').get()).toEqual({ n: 0 });
    expect(statSync(nested).mode & 0o077).toBe(0);
    opened.close();
  });

  it.skipIf(process.platform === 'win32')(
    '[L15] keeps its files private, also in a folder that others may read',
    () => {
      chmodSync(folder, 0o755);
      openDatabase(folder).close();
      chmodSync(file(), 0o644); // as an earlier version left it
      const opened = openDatabase(folder);
      for (const name of [file(), `${file()}-wal`, `${file()}-shm`]) expect(statSync(name).mode & 0o077).toBe(0);
      opened.close();
    },
  );

  it('[P1] lets a killed process leave no lock behind, and a living one keep it', () => {
    const first = openDatabase(folder);
    expect(() => openDatabase(folder)).toThrow(/already using the data folder/);
    first.close();
    openDatabase(folder).close();
  });

  it('[P6] refuses a newer database with a sentence and does not touch it', () => {
    const opened = openDatabase(folder);
    opened.database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    opened.close();
    const before = readFileSync(file());
    expect(() => openDatabase(folder)).toThrow(/newer LightChat .*Nothing was changed/);
    expect(readFileSync(file()).equals(before)).toBe(true);
  });

  it('[P6] refuses a broken database and leaves it in place', () => {
    writeFileSync(
      file(),
      'this is not a database at all, only text that is long enough to be read as a header'.repeat(50),
    );
    const before = readFileSync(file());
    expect(() => openDatabase(folder)).toThrow(StoreRefusal);
    expect(() => openDatabase(folder)).toThrow(/damaged or is not a database/);
    expect(readFileSync(file()).equals(before)).toBe(true);
  });

  it("[P6] refuses another program's database", () => {
    const other = new DatabaseSync(file());
    other.exec('CREATE TABLE recipes (name TEXT)');
    other.close();
    expect(() => openDatabase(folder)).toThrow(/another program/);
  });

  it('[CA-2] takes a snapshot before each migration, and a failing one changes nothing', () => {
    const opened = openDatabase(folder);
    const insert =
      "INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES ('c', 'local', 't', 'x', 'x')";
    opened.database.exec(insert);
    opened.close();
    const broken = [
      ...MIGRATIONS,
      { name: 'broken', sql: 'ALTER TABLE conversations ADD COLUMN colour TEXT; SELECT nonsense;' },
    ];
    expect(() => openDatabase(folder, broken)).toThrow(StoreRefusal);
    const next = [...MIGRATIONS, { name: 'colour', sql: 'ALTER TABLE conversations ADD COLUMN colour TEXT' }];
    const migrated = openDatabase(folder, next);
    expect(migrated.database.prepare('SELECT id, colour FROM conversations').all()).toEqual([
      { id: 'c', colour: null },
    ]);
    migrated.close();
    const [snapshot = ''] = migrated.snapshots;
    expect(existsSync(snapshot)).toBe(true);
    const old = new DatabaseSync(snapshot, { readOnly: true });
    expect(old.prepare('SELECT id FROM conversations').all()).toEqual([{ id: 'c' }]);
    expect(old.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length });
    old.close();
  });

  it('[P4] leaves no half of a copy behind that could be taken for one', () => {
    const opened = openDatabase(folder);
    const insert = opened.database.prepare(
      "INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES (?, 'local', ?, 'x', 'x')",
    );
    for (let n = 0; n < 200; n += 1) insert.run(`c${n}`, 'x'.repeat(2000));
    opened.close();
    const bytes = readFileSync(file());
    bytes.fill(0x7f, bytes.length - 20 * 4096); // what is read last when it is copied
    writeFileSync(file(), bytes);
    const next = [...MIGRATIONS, { name: 'colour', sql: 'ALTER TABLE conversations ADD COLUMN colour TEXT' }];
    expect(() => openDatabase(folder, next)).toThrow(/damaged/);
    expect(readdirSync(folder).filter((name) => /before|copy/.test(name))).toEqual([]);
    expect(readFileSync(file()).equals(bytes)).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('[L15] keeps its copies private too', () => {
    openDatabase(folder).close();
    chmodSync(folder, 0o755);
    const next = [...MIGRATIONS, { name: 'colour', sql: 'ALTER TABLE conversations ADD COLUMN colour TEXT' }];
    const { snapshots, close } = openDatabase(folder, next);
    expect(snapshots.map((copy) => statSync(copy).mode & 0o077)).toEqual([0]);
    close();
  });
});
