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
  const isPassing = error.error_code === 'SHUTTING_DOWN' || error.error_code === 'STORAGE_BUSY';
  return {
    status: ERROR_CODES[error.error_code].status,
    headers: isPassing ? { 'retry-after': '5' } : {},
    body: error,
  };
}
