/** From how the asking went to how the answer ends. */
import { AppError, type ErrorBody, type NewChatEvent, type TerminalStatus, type Usage } from '@lightchat/protocol';
import { isOutput } from './ask.ts';
import { type AbortCause, type Asking, abortCause } from './asking.ts';
import type { Outcome } from './attempt.ts';

export interface Ending {
  status: TerminalStatus;
  finish_reason: string;
  usage: Usage | null;
  error: ErrorBody | null;
  /** Events that came with the end and are not delivered yet. */
  rest: NewChatEvent[];
}

export function endingOf(outcome: Outcome, asking: Asking): Ending {
  switch (outcome.type) {
    case 'aborted':
      return cutShort(abortCause(asking) ?? 'stop');
    case 'finished': {
      const { reason, usage, rest } = outcome;
      return { status: 'completed', finish_reason: reason, usage, error: null, rest };
    }
    case 'ended': {
      const message = 'The provider ended the stream without finishing the answer, so it may be incomplete.';
      return { ...interrupted(body('STREAM_INTERRUPTED', message)), usage: outcome.usage, rest: outcome.rest };
    }
    case 'failed':
      return failure(outcome.error, outcome.rest, asking.output_length > 0 || outcome.rest.some(isOutput));
  }
}

export function cutShort(cause: AbortCause): Ending {
  switch (cause) {
    case 'stop':
      return { status: 'stopped', finish_reason: 'stopped', usage: null, error: null, rest: [] };
    case 'shutdown':
      return interrupted(body('STREAM_INTERRUPTED', 'LightChat was stopped while the answer was being written.'));
    case 'too-long':
      return interrupted(body('PROVIDER_TIMEOUT', 'The answer took longer than a run may take, so it was cut here.'));
    case 'too-large':
      return interrupted(body('PROVIDER_ERROR', 'The answer grew larger than a run may grow, so it was cut here.'));
  }
}

/** A connection that broke leaves an interrupted answer; a provider that said no leaves a failed one. */
export function failure(error: ErrorBody, rest: NewChatEvent[] = [], hasOutput = false): Ending {
  const broke =
    error.error_code === 'STREAM_INTERRUPTED' ||
    (hasOutput && (error.error_code === 'PROVIDER_TIMEOUT' || error.error_code === 'PROVIDER_UNREACHABLE'));
  if (broke) return { ...interrupted(error), rest };
  return { status: 'failed', finish_reason: 'error', usage: null, error, rest };
}

export function brokenInside(): ErrorBody {
  return body('INTERNAL', 'Something went wrong inside LightChat. The log has the details.');
}

function interrupted(error: ErrorBody): Ending {
  return { status: 'interrupted', finish_reason: 'interrupted', usage: null, error, rest: [] };
}

function body(code: ErrorBody['error_code'], message: string): ErrorBody {
  return new AppError(code, message).toBody();
}
