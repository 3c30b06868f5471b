import { pauseBeforeRetry } from './backoff.ts';
import { isRequestFailed, isTransient, type RequestFailed } from './request.ts';

export interface RefreshTask {
  /** Asks the server and takes the answer; false when the answer was older than what is shown, so ask again. */
  load: () => Promise<boolean>;
  /** Whether it is worth asking a server that is away again and again. */
  isWatched: () => boolean;
  onAway: () => void;
  onRefused: (error: RequestFailed) => void;
}

/** A function that asks for a refresh: one at a time, and one more for any number of wishes meanwhile. */
export function createRefresher({ load, isWatched, onAway, onRefused }: RefreshTask): () => void {
  let wanted = false;
  let running = false;

  const run = async () => {
    running = true;
    try {
      for (let attempt = 0; wanted; ) {
        wanted = false;
        try {
          if (!(await load())) wanted = true;
          attempt = 0;
        } catch (error) {
          if (!isRequestFailed(error)) throw error;
          if (!isTransient(error)) return onRefused(error);
          onAway();
          await pauseBeforeRetry(attempt);
          attempt += 1;
          wanted = isWatched();
        }
      }
    } finally {
      running = false;
    }
  };

  return () => {
    wanted = true;
    if (!running) void run();
  };
}
