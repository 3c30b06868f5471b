import type { RetryClass } from '../ports.ts';

/** Waits longer than this are the user's decision, not ours. */
const LONGEST_WAIT_MS = 60_000;

export interface RetryPolicy {
  /** Retries after the first try. */
  attempts: number;
  /** Before the first of them. */
  delay_ms: number;
}

export interface Failure {
  retry: RetryClass;
  retry_after_ms?: number | undefined;
}

/**
 * Milliseconds until the next try, twice as many after each, or undefined when there is none: what gives the same answer is not asked
 * again, and a provider that asks for more than a minute is taken at its word.
 */
export function retryDelay(policy: RetryPolicy, failure: Failure, triesSoFar: number): number | undefined {
  if (failure.retry === 'never' || triesSoFar > policy.attempts) return undefined;
  const asked = failure.retry_after_ms ?? 0;
  if (asked > LONGEST_WAIT_MS) return undefined;
  return Math.min(LONGEST_WAIT_MS, Math.max(policy.delay_ms * 2 ** (triesSoFar - 1), asked));
}
