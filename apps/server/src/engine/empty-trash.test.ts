import type { LogEntry } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { emptyTrash } from './empty-trash.ts';

/** A trash with so many pieces a day, a clock that only counts, and an end after so many sleeps. */
async function days(pieces: (number | Error)[], sleeps: number) {
  const slept: number[] = [];
  const purged: string[] = [];
  const logged: Omit<LogEntry, 'ts'>[] = [];
  const closing = new AbortController();
  await emptyTrash(
    {
      clock: {
        now: () => `day ${slept.filter((ms) => ms > 20).length}`,
        monotonic: () => 0,
        after: () => () => {},
        sleep: async (ms) => {
          slept.push(ms);
          if (slept.length === sleeps) closing.abort();
        },
      },
      trash: {
        purge: async (now) => {
          purged.push(now);
          const today = pieces[0];
          if (today instanceof Error) {
            pieces.shift();
            throw today;
          }
          const left = (today ?? 1) - 1;
          if (left > 0) pieces[0] = left;
          else pieces.shift();
          return left > 0;
        },
      },
      logger: { write: (entry) => void logged.push(entry) },
    },
    closing.signal,
  );
  return { slept, purged, logged };
}

const DAY_MS = 86_400_000;

describe('emptying the trash', () => {
  it('[CP-6] goes on in pieces with pauses until nothing is left, and again every day', async () => {
    const { slept, purged } = await days([3, 1, 2], 6);
    expect(slept).toEqual([5000, 20, 20, DAY_MS, DAY_MS, 20]);
    expect(purged).toEqual(['day 1', 'day 1', 'day 1', 'day 2', 'day 3']);
  });

  it('[CP-6] that fails is told in the log and tried again the next day', async () => {
    const { slept, purged, logged } = await days([new Error('no disk'), 1], 3);
    expect(slept).toEqual([5000, DAY_MS, DAY_MS]);
    expect(purged).toEqual(['day 1', 'day 2']);
    expect(logged).toMatchObject([
      { event_type: 'purge_failed', details: { error: expect.stringContaining('no disk') } },
    ]);
  });

  it('[CP-6] ends with the process, before its first piece too', async () => {
    expect(await days([1], 1)).toEqual({ slept: [5000], purged: [], logged: [] });
  });
});
