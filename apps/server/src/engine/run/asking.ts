import type { ErrorBody, Limits } from '@lightchat/protocol';
import type { LLMProvider } from '../ports.ts';
import type { RetryPolicy } from './retry.ts';

/** Why an answer is cut short from our side. */
export type AbortCause = 'stop' | 'shutdown' | 'too-long' | 'too-large';

/** One answer being asked for, with the settings that were in force when it began. */
export interface Asking {
  /** Who is asked now; a fallback changes both. */
  provider: LLMProvider;
  model_id: string;
  /** Why the model could not even be named (its provider does not answer); then only fallbacks are asked. */
  readonly unready?: ErrorBody | undefined;
  readonly retry: RetryPolicy;
  readonly limits: Limits;
  readonly controller: AbortController;
  /** Tries so far, the running one included. */
  attempts: number;
  /** Characters of output delivered so far. */
  output_length: number;
}

export function abortAsking(asking: Asking, cause: AbortCause): void {
  asking.controller.abort(cause);
}

export function abortCause({ controller }: Asking): AbortCause | undefined {
  return controller.signal.aborted ? (controller.signal.reason as AbortCause) : undefined;
}
