/**
 * Decides when merged deltas reach the screen. A produced frame is what costs while an answer streams, so
 * frames are 50 ms apart; in a hidden page, where animation frames stop, a timer alone does it.
 */
const INTERVAL_MS = 50;
/** A page that is hidden between the timer and the frame would wait for ever. */
const FRAME_PATIENCE_MS = 200;

export interface FlushScheduler {
  /** Flushes soon: at the first frame that is at least the interval after the last flush. */
  schedule(): void;
  /** Flushes now, and forgets what was scheduled. */
  now(): void;
  cancel(): void;
}

export function createFlushScheduler(flush: () => void): FlushScheduler {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame: number | undefined;

  const cancel = () => {
    clearTimeout(timer);
    if (frame !== undefined) cancelAnimationFrame(frame);
    timer = undefined;
    frame = undefined;
  };
  const now = () => {
    cancel();
    last = performance.now();
    flush();
  };
  const onTimer = () => {
    if (document.visibilityState === 'hidden') return now();
    frame = requestAnimationFrame(now);
    timer = setTimeout(now, FRAME_PATIENCE_MS);
  };
  const schedule = () => {
    if (timer === undefined) timer = setTimeout(onTimer, Math.max(0, last + INTERVAL_MS - performance.now()));
  };
  return { schedule, now, cancel };
}
