export type WaitState = 'loading-model' | 'waiting';

/** Asks a provider what it does. `signal` aborts when the answer no longer matters. */
export type AskQuietly = (tell: (state: WaitState) => void, signal: AbortSignal) => void;

/** Silence at the beginning after which it is worth asking. */
const QUIET_MS = 1000;

/** Starts waiting; asks when nothing ended it for a second. Returns what ends it. */
export function watchQuiet(ask: AskQuietly, tell: (state: WaitState) => void): () => void {
  const over = new AbortController();
  const timer = setTimeout(() => {
    ask((state) => {
      if (!over.signal.aborted) tell(state);
    }, over.signal);
  }, QUIET_MS);
  return () => {
    clearTimeout(timer);
    over.abort();
  };
}
