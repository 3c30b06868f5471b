import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type LogEntry, logEntrySchema } from '@lightchat/protocol';
import { listLogFiles } from './log-files.ts';

const CHUNK_BYTES = 65_536;
/** The most that one look reads, however long the lines are. */
const MOST_BYTES = 4_194_304;

export interface LogTail {
  dir: string;
  /** Name of the newest log file; null when there is none. */
  file: string | null;
  /** Oldest first. */
  entries: LogEntry[];
}

/** The last `limit` entries of the newest log. Junk and half lines are skipped; a missing folder is an empty answer. */
export async function tailLog(dir: string, limit: number): Promise<LogTail> {
  try {
    const file = (await listLogFiles(dir)).at(-1);
    if (file === undefined) return { dir, file: null, entries: [] };
    const lines = await lastLines(join(dir, file), limit);
    return { dir, file, entries: lines.flatMap(readEntry).slice(-limit) };
  } catch {
    return { dir, file: null, entries: [] };
  }
}

/** At least the last `count` lines, if they fit into MOST_BYTES. Reads from the end, and no more than needed. */
async function lastLines(file: string, count: number): Promise<string[]> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size } = await handle.stat();
    const chunks: Buffer[] = [];
    let start = size;
    let newlines = 0;
    // One newline more than lines: the one that ends the line before the first.
    while (start > 0 && newlines <= count && size - start < MOST_BYTES) {
      const length = Math.min(CHUNK_BYTES, start);
      start -= length;
      const chunk = Buffer.alloc(length);
      const { bytesRead } = await handle.read(chunk, 0, length, start);
      for (const byte of chunk.subarray(0, bytesRead)) if (byte === 10) newlines++;
      chunks.unshift(chunk.subarray(0, bytesRead));
    }
    return Buffer.concat(chunks).toString('utf8').split('\n');
  } finally {
    await handle.close();
  }
}

function readEntry(line: string): LogEntry[] {
  try {
    const read = logEntrySchema.safeParse(JSON.parse(line));
    return read.success ? [read.data] : [];
  } catch {
    return [];
  }
}
