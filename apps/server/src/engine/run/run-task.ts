import type { Limits, Message, Run } from '@lightchat/protocol';
import type { LLMProvider, Owner } from '../ports.ts';
import type { RetryPolicy } from './retry.ts';

/** Why a run is cut short from our side. */
export type AbortCause = 'stop' | 'shutdown' | 'too-long' | 'too-large';

/** What a model is asked with, beside the conversation. */
export interface SamplingOptions {
  temperature?: number | undefined;
  top_p?: number | undefined;
  max_tokens?: number | undefined;
  tools?: Record<string, unknown>[] | undefined;
}

/**
 * A run at work in this process, with the settings that were in force when it started.
 * Only the code that drives the run changes it.
 */
export interface RunTask {
  readonly owner: Owner;
  readonly run: Run;
  readonly user_message_id: string;
  readonly provider: LLMProvider;
  readonly system_prompt: string | null;
  readonly sampling: SamplingOptions;
  readonly retry: RetryPolicy;
  readonly limits: Limits;
  readonly controller: AbortController;
  readonly started_at: number;
  next_index: number;
  attempts: number;
  /** Characters of output stored so far. */
  output_length: number;
  /** The process is about to end: what cannot be stored now is left to the next start. */
  leaving: boolean;
  /** The answer as folded from what is stored. */
  message: Message;
}

export function abortTask(task: RunTask, cause: AbortCause): void {
  if (cause === 'shutdown') task.leaving = true; // also when something else has aborted it before
  task.controller.abort(cause);
}

export function abortCause(task: RunTask): AbortCause | undefined {
  return task.controller.signal.aborted ? (task.controller.signal.reason as AbortCause) : undefined;
}
