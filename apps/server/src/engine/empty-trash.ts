/** What was deleted can be restored for a month; then it is removed, at the start of a process and once a day. */
import type { Clock, Logger, Trash } from './ports.ts';

const DAY_MS = 86_400_000;
/** A start has better things to do. */
const FIRST_MS = 5000;
/** Between two pieces, so that answers come first. */
const PAUSE_MS = 20;

/** Works until `signal` aborts. Never rejects. */
export async function emptyTrash(
  ports: { clock: Clock; trash: Trash; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  const { clock, trash, logger } = ports;
  for (let wait = FIRST_MS; ; wait = DAY_MS) {
    await clock.sleep(wait, signal);
    try {
      while (!signal.aborted && (await trash.purge(clock.now()))) await clock.sleep(PAUSE_MS, signal);
    } catch (error) {
      // Tomorrow is another day: nobody sees what was deleted, whether it is there or not.
      const details = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      logger.write({
        role: 'error',
        event_type: 'purge_failed',
        content: 'Old deleted chats were not removed',
        details,
      });
    }
    if (signal.aborted) return;
  }
}
