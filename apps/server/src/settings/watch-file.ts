import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Calls `changed` some time after the file `name` in `dir` may have changed; many changes close
 * together give one call. Editors save by renaming, so the folder is watched. Where watching does
 * not work (network disks, too many watches, a replaced folder) a look every `pollMs` finds it.
 * One call comes at the start, for what changed before the watch began.
 * Keeps no process alive. Returns the function that stops it.
 */
export function watchFile(dir: string, name: string, changed: () => void, pollMs = 2000, settleMs = 100): () => void {
  let settling: NodeJS.Timeout | undefined;
  let seen: string | undefined;
  const soon = () => {
    clearTimeout(settling);
    settling = setTimeout(changed, settleMs);
    settling.unref();
  };
  const look = async () => {
    const now = await signature(join(dir, name));
    if (now !== seen) soon();
    seen = now;
  };
  void look();
  const poll = setInterval(look, pollMs);
  poll.unref();
  const stopWatching = startWatching(dir, name, soon);
  return () => {
    stopWatching();
    clearInterval(poll);
    clearTimeout(settling);
  };
}

function startWatching(dir: string, name: string, changed: () => void): () => void {
  try {
    const watcher = watch(dir, { persistent: false }, (_, file) => {
      if (file === null || file === name) changed();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined; // the poll remains
  }
}

async function signature(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}
