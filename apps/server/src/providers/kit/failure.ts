import type { ErrorCode } from '@lightchat/protocol';
import { AppError } from '@lightchat/protocol';
import type { ModelEvent, RetryClass } from '../../engine/ports.ts';
import type { Target } from './target.ts';

/** How an answer, or any other question to a provider, fails. */
export type Failure = Extract<ModelEvent, { type: 'error' }>;

export interface FailureOptions {
  retry: RetryClass;
  retry_after_ms?: number | undefined;
  details?: Record<string, unknown>;
}

/** A failure that names the provider and its host. `message` never holds upstream text that was not cleaned. */
export function failureOf(target: Target, code: ErrorCode, message: string, options: FailureOptions): Failure {
  const details: Record<string, unknown> = { provider_id: target.provider_id, host: target.host, ...options.details };
  const failure: Failure = { type: 'error', error: { error_code: code, message, details }, retry: options.retry };
  if (options.retry_after_ms !== undefined) {
    failure.retry_after_ms = options.retry_after_ms;
    details.retry_after_ms = options.retry_after_ms;
  }
  return failure;
}

export function toAppError(failure: Failure): AppError {
  const { error_code, message, details } = failure.error;
  return new AppError(error_code, message, { details });
}
