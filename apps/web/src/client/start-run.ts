import type { ChatRequest, Run } from '@lightchat/protocol';
import { api } from './api.ts';
import { pauseBeforeRetry } from './backoff.ts';
import { isTransient } from './request.ts';

/**
 * Starts a run, and keeps trying while the server does not answer: the idempotency key makes every try the same run,
 * also when only the answer to an earlier one was lost. Rejects with RequestFailed when the server refuses, and with
 * the reason of `signal` when it aborts.
 */
export async function startRun(
  body: ChatRequest & { idempotency_key: string },
  { signal, onConnection }: { signal: AbortSignal; onConnection: (connected: boolean) => void },
): Promise<Run> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const run = await api.startRun(body, signal);
      onConnection(true);
      return run;
    } catch (error) {
      if (signal.aborted || !isTransient(error)) throw error;
      onConnection(false);
      await pauseBeforeRetry(attempt, signal);
      signal.throwIfAborted();
    }
  }
}
