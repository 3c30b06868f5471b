import type { Clock } from '../../engine/ports.ts';

export interface ManualClock extends Clock {
  /** Moves time and wakes whoever slept until then. */
  advance(ms: number): void;
  /** Durations of the sleeps that are going on. */
  sleeping(): number[];
}

/** A clock that stands still until it is moved. */
export function manualClock(): ManualClock {
  let time = 0;
  const sleepers = new Set<{ until: number; ms: number; wake(): void }>();
  return {
    now: () => new Date(time).toISOString(),
    monotonic: () => time,
    sleep(ms, signal) {
      return new Promise((resolve) => {
        const sleeper = {
          until: time + ms,
          ms,
          wake() {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        if (signal?.aborted) return resolve();
        signal?.addEventListener('abort', sleeper.wake, { once: true });
        sleepers.add(sleeper);
      });
    },
    after(ms, act) {
      const sleeper = {
        until: time + ms,
        ms,
        wake() {
          sleepers.delete(sleeper);
          act();
        },
      };
      sleepers.add(sleeper);
      return () => sleepers.delete(sleeper);
    },
    advance(ms) {
      time += ms;
      for (const sleeper of [...sleepers]) if (sleeper.until <= time) sleeper.wake();
    },
    sleeping: () => [...sleepers].map(({ ms }) => ms),
  };
}
