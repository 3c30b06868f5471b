// The one file: bounded reading, atomic writing.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_BYTES } from './bounds.ts';
import { SettingsFault } from './fault.ts';

export const SETTINGS_FILE = 'settings.yaml';

/** What is on the disk. `etag` is of the content, also when that cannot be used. */
export type FileState =
  | { kind: 'text'; etag: string; text: string; mode: number }
  | { kind: 'missing'; etag: string }
  | { kind: 'unusable'; etag: string; fault: SettingsFault };

/** Never rejects, never hangs on a pipe, never reads more than MAX_BYTES. */
export async function readSettingsFile(file: string): Promise<FileState> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const { size, mode, mtimeMs } = await handle.stat().then(refuseOtherThanFiles);
    if (size > MAX_BYTES) return unusable(`${size}-${mtimeMs}`, `settings.yaml is larger than ${MAX_BYTES} bytes`);
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = (await handle.read(bytes, length, bytes.length - length, length)).bytesRead;
    }
    if (length > MAX_BYTES) return unusable('grown', `settings.yaml is larger than ${MAX_BYTES} bytes`);
    const content = bytes.subarray(0, length);
    const text = decode(content);
    if (text === undefined) return unusable(content, 'settings.yaml is not UTF-8 text');
    return { kind: 'text', etag: etagOf(content), text, mode: mode & 0o777 };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') return { kind: 'missing', etag: '"none"' };
    const message = error instanceof SettingsFault ? error.message : `settings.yaml cannot be read (${code})`;
    return unusable(code, message);
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

function etagOf(content: string | Buffer): string {
  return `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`;
}

/** What a file that `writeSettingsFile` has written would be read as. */
export function stateOf(text: string): FileState {
  return { kind: 'text', etag: etagOf(text), text, mode: 0o600 };
}

/**
 * Writes `text` so that the file is always whole: the old one or the new one, also after a power cut.
 * A symlink in its place is replaced, never followed. `ready` runs right before the swap and may
 * throw to give up. `keepOldAs`: the old file stays under this name.
 */
export async function writeSettingsFile(
  dir: string,
  text: string,
  options: { ready?: () => Promise<void>; keepOldAs?: string } = {},
): Promise<void> {
  const file = join(dir, SETTINGS_FILE);
  const temporary = join(dir, `.${SETTINGS_FILE}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await options.ready?.();
    if (options.keepOldAs !== undefined) {
      const kept = join(dir, options.keepOldAs);
      // A second name for the old file, so that there is no moment without one; folders and some disks need a move.
      await link(file, kept).catch(() => rename(file, kept));
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dir);
}

/** The first start's file. Does nothing when there is something of that name. */
export async function createSettingsFile(dir: string, text: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(join(dir, SETTINGS_FILE), 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dir);
}

/** Removes what a killed process left half-written; it may hold secrets. Young ones may be another process at work. */
export async function removeStaleTemporaries(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!/^\.settings\.yaml\.[0-9a-f]{12}\.tmp$/.test(name)) continue;
    const { mtimeMs } = await stat(join(dir, name));
    if (Date.now() - mtimeMs > 60_000) await rm(join(dir, name), { force: true });
  }
}

/** A name beside settings.yaml for a file that could not be read. */
export async function freeNameForInvalid(dir: string): Promise<string> {
  const names = new Set(await readdir(dir));
  for (let number = 1; ; number++) {
    const name = `settings.invalid-${number}.yaml`;
    if (!names.has(name)) return name;
  }
}

function refuseOtherThanFiles<S extends { isFile(): boolean }>(found: S): S {
  if (!found.isFile()) throw new SettingsFault(null, 'settings.yaml is not a file');
  return found;
}

function unusable(content: string | Buffer, message: string): FileState {
  return { kind: 'unusable', etag: etagOf(content), fault: new SettingsFault(null, message) };
}

/** Without a byte order mark; undefined when it is not UTF-8. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function syncFolder(dir: string): Promise<void> {
  // Windows cannot sync a folder, and some disks refuse; the rename itself is done.
  const handle = await open(dir, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close().catch(() => undefined);
}
