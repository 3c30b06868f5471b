const DELAYS_MS = [500, 1000, 2000, 5000] as const;
/** Of each delay, so that a room full of pages does not come back in one instant. */
const JITTER = 0.25;

/**
 * Waits before try number `attempt` (0: the first one after a failure). Ends early, without throwing, when the
 * network comes back, when the page becomes visible, or when `signal` aborts.
 */
export function pauseBeforeRetry(attempt: number, signal?: AbortSignal): Promise<void> {
  const base = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? 5000;
  const delay = base * (1 + JITTER * (Math.random() * 2 - 1));
  return new Promise((resolve) => {
    const cleanup = new AbortController();
    const finish = () => {
      clearTimeout(timer);
      cleanup.abort();
      resolve();
    };
    const timer = setTimeout(finish, delay);
    if (signal?.aborted) return finish();
    const listening = { signal: cleanup.signal };
    signal?.addEventListener('abort', finish, listening);
    window.addEventListener('online', finish, listening);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && finish(), listening);
  });
}
