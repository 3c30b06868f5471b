// The log folder: names that sort by time, opening the next file, removing the oldest.
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})\.chatlog\.jsonl$/;

/** Names of the log files in `dir`, oldest first. Other files are never listed, and so never read or removed. */
export async function listLogFiles(dir: string): Promise<string[]> {
  const found = await readdir(dir, { withFileTypes: true });
  return found.flatMap((item) => (item.isFile() && NAME.test(item.name) ? [item.name] : [])).sort();
}

/** `YYYY-MM-DDTHH-MM-SS.chatlog.jsonl` of a moment, UTC. */
function logFileName(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')}.chatlog.jsonl`;
}

/**
 * Creates the next file, 0600. Its name is of `now`, or the first free second after the newest file,
 * so that the order of names is the order of writing even when several begin within one second.
 */
export async function createLogFile(dir: string, now: number): Promise<{ handle: FileHandle; name: string }> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const newest = (await listLogFiles(dir)).at(-1);
  let time = Math.max(now, newest === undefined ? 0 : timeOf(newest) + 1000);
  for (;;) {
    const name = logFileName(time);
    try {
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
      return { handle: await open(join(dir, name), flags, 0o600), name };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      time += 1000; // another process was faster
    }
  }
}

/** Removes the oldest log files until `keep` are left. One that cannot be removed is left for the next time. */
export async function pruneLogFiles(dir: string, keep: number): Promise<void> {
  const names = await listLogFiles(dir);
  for (const name of names.slice(0, Math.max(0, names.length - keep))) {
    await rm(join(dir, name), { force: true }).catch(() => undefined);
  }
}

function timeOf(name: string): number {
  const time = Date.parse(name.replace(NAME, '$1T$2:$3:$4Z'));
  return Number.isNaN(time) ? 0 : time;
}
