/**
 * A filled database takes minutes to make, so it is kept. What it is kept under says what it was made of: the tables, the
 * words that search sees, and the code that filled it.
 */
import { createHash } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIGRATIONS } from '../apps/server/src/store/sqlite/migrations/index.ts';
import { type Filling, fillQuickly } from './fill-quickly.ts';

const root = join(tmpdir(), 'lightchat-bench-cache');
const DATABASE = 'lightchat.db';

/** Files whose change makes another database of the same order. */
const MADE_BY = [
  'fill-quickly.ts',
  'prose.ts',
  '../apps/server/src/store/sqlite/search/words.ts',
  '../apps/server/src/store/sqlite/search/searchable-text.ts',
];

function nameOf({ messages, long = 0 }: Filling): string {
  const hash = createHash('sha256');
  for (const { sql } of MIGRATIONS) hash.update(sql);
  for (const file of MADE_BY) hash.update(readFileSync(join(import.meta.dirname, file)));
  return `${messages}-${long}-format-${MIGRATIONS.length}-${hash.digest('hex').slice(0, 12)}`;
}

/** Puts a copy of the filled database into `folder`; fills it first when it is not kept yet. */
export async function copyFilledStore(folder: string, filling: Filling): Promise<void> {
  const kept = join(root, nameOf(filling));
  if (!existsSync(kept)) await fill(kept, filling);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(join(kept, DATABASE), join(folder, DATABASE), constants.COPYFILE_FICLONE);
}

async function fill(kept: string, filling: Filling): Promise<void> {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const order = `${filling.messages}-${filling.long ?? 0}-format-`;
  const outdated = readdirSync(root).filter((name) => name.startsWith(order));
  for (const name of outdated) rmSync(join(root, name), { recursive: true, force: true });
  const unfinished = mkdtempSync(join(root, 'unfinished-'));
  try {
    filling.log(`filling a database with ${filling.messages.toLocaleString('en')} messages; it is kept in ${kept}`);
    await fillQuickly(unfinished, filling);
    // Another run may have been quicker; its database is the same.
    if (!existsSync(kept)) renameSync(unfinished, kept);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
