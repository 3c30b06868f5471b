// Appends lines to the newest file and begins another when it is full, gone, or in another folder.
import { type FileHandle, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogFile, pruneLogFiles } from './log-files.ts';

export interface LogTarget {
  dir: string;
  maxFiles: number;
  maxBytes: number;
}

export interface LogWriter {
  /**
   * Appends the first of `lines` (at least one), as many as the file has room for, and answers how many.
   * Rejects when they could not be stored; then none of them counts as written.
   */
  append(lines: readonly string[], target: LogTarget): Promise<number>;
  close(): Promise<void>;
}

/** Not for calls in parallel: the one queue in front of it waits for each. `now`: wall time in ms. */
export function createLogWriter(now: () => number): LogWriter {
  let current: { handle: FileHandle; dir: string; name: string; size: number; torn: boolean } | undefined;

  async function fileFor(target: LogTarget, bytes: number): Promise<NonNullable<typeof current>> {
    if (current !== undefined) {
      const full = current.size > 0 && current.size + bytes > target.maxBytes;
      if (full || current.dir !== target.dir || !(await isStillThere(current))) await close();
    }
    if (current === undefined) {
      const { handle, name } = await createLogFile(target.dir, now());
      current = { handle, dir: target.dir, name, size: 0, torn: false };
      await pruneLogFiles(target.dir, target.maxFiles).catch(() => undefined);
    }
    return current;
  }

  async function append(lines: readonly string[], target: LogTarget): Promise<number> {
    const sizes = lines.map((line) => Buffer.byteLength(line));
    const file = await fileFor(target, sizes[0] ?? 0);
    let count = 1;
    let bytes = sizes[0] ?? 0;
    for (; count < lines.length && file.size + bytes + (sizes[count] ?? 0) <= target.maxBytes; count++) {
      bytes += sizes[count] ?? 0;
    }
    try {
      const text = lines.slice(0, count).join('');
      await file.handle.appendFile(file.torn ? `\n${text}` : text);
    } catch (error) {
      // Part of it may be on the disk. Without the cut, the next line would continue a half one.
      file.torn = await file.handle.truncate(file.size).then(
        () => false,
        () => true,
      );
      throw error;
    }
    file.size += bytes;
    file.torn = false;
    return count;
  }

  async function close(): Promise<void> {
    const closing = current;
    current = undefined;
    await closing?.handle.close().catch(() => undefined);
  }

  return { append, close };
}

/** A file that was deleted or moved away while it is open swallows lines without an error. */
async function isStillThere(file: { handle: FileHandle; dir: string; name: string }): Promise<boolean> {
  const [named, open] = await Promise.all([
    stat(join(file.dir, file.name)).catch(() => undefined),
    file.handle.stat().catch(() => undefined),
  ]);
  return named !== undefined && open !== undefined && named.ino === open.ino && named.dev === open.dev;
}
