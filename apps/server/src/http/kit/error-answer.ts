import { ERROR_CODES, type ErrorBody } from '@lightchat/protocol';

/** How an error is written when it is the whole answer. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: object;
}

/** Each foreign API that a surface speaks has its own. */
export type ToErrorAnswer = (error: ErrorBody) => ErrorAnswer;

/** The one error object of every route that is LightChat's own. */
export function toCommonErrorAnswer(error: ErrorBody): ErrorAnswer {
  const seconds = secondsToWait(error);
  return {
    status: ERROR_CODES[error.error_code].status,
    headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
    body: error,
  };
}

/** What was asked for by whoever refused, or a moment where the trouble passes by itself. */
function secondsToWait({ error_code, details }: ErrorBody): number | undefined {
  if (typeof details.retry_after_ms === 'number') return Math.ceil(details.retry_after_ms / 1000);
  return error_code === 'SHUTTING_DOWN' || error_code === 'STORAGE_BUSY' ? 5 : undefined;
}
