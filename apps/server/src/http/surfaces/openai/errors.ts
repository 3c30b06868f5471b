/**
 * Errors as OpenAI's clients read them: `{"error": {message, type, param, code}}`, the status that makes them retry or
 * not, and the headers that say when.
 */
import { ERROR_CODES, type ErrorBody, type ErrorCode } from '@lightchat/protocol';
import type { ErrorAnswer } from '../../kit/error-answer.ts';

export interface OpenAIError {
  error: { message: string; type: string; param: string | null; code: string | null };
}

interface OpenAIErrorAnswer extends ErrorAnswer {
  body: OpenAIError;
}

interface Meaning {
  type: string;
  code: string | null;
  /** When it differs from the status that the code has everywhere else. */
  status?: number;
  param?: string;
  /** Absent: the client's own rule, which tries 408, 409, 429 and everything from 500 again. */
  retry?: false;
}

const REQUEST = 'invalid_request_error';
const SERVER = 'server_error';
const UPSTREAM = 'upstream_error';

const MEANINGS: Record<ErrorCode, Meaning> = {
  INVALID_REQUEST: { type: REQUEST, code: null },
  UNAUTHORIZED: { type: REQUEST, code: 'invalid_api_key' },
  FORBIDDEN: { type: 'permission_error', code: 'forbidden' },
  NOT_FOUND: { type: REQUEST, code: 'not_found' },
  PROVIDER_NOT_FOUND: { type: REQUEST, code: 'model_not_found', param: 'model' },
  MODEL_NOT_FOUND: { type: REQUEST, code: 'model_not_found', param: 'model' },
  METHOD_NOT_ALLOWED: { type: REQUEST, code: 'method_not_allowed' },
  CONFLICT: { type: REQUEST, code: 'conflict', retry: false },
  PRECONDITION_FAILED: { type: REQUEST, code: 'precondition_failed' },
  PAYLOAD_TOO_LARGE: { type: REQUEST, code: 'request_too_large' },
  UNSUPPORTED_MEDIA_TYPE: { type: REQUEST, code: 'unsupported_media_type' },
  RANGE_NOT_SATISFIABLE: { type: REQUEST, code: 'range_not_satisfiable' },
  IDEMPOTENCY_KEY_REUSED: { type: REQUEST, code: 'idempotency_key_reused' },
  RATE_LIMITED: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  INTERNAL: { type: SERVER, code: 'internal_error', retry: false },
  PROVIDER_UNREACHABLE: { type: UPSTREAM, code: 'provider_unreachable' },
  PROVIDER_ERROR: { type: UPSTREAM, code: 'provider_error' },
  // The key in our settings was refused, not the caller's: a 401 would send people to look at the wrong one.
  PROVIDER_UNAUTHORIZED: { type: UPSTREAM, code: 'provider_unauthorized', retry: false },
  STREAM_INTERRUPTED: { type: UPSTREAM, code: 'stream_interrupted' },
  PROVIDER_TIMEOUT: { type: UPSTREAM, code: 'provider_timeout' },
  CONTEXT_LENGTH_EXCEEDED: { type: REQUEST, code: 'context_length_exceeded', param: 'messages' },
  SHUTTING_DOWN: { type: SERVER, code: 'server_is_overloaded' },
  STORAGE_BUSY: { type: SERVER, code: 'server_is_overloaded' },
  STORAGE_FULL: { type: SERVER, code: 'storage_full', retry: false },
};

const QUOTA: Meaning = { type: 'insufficient_quota', code: 'insufficient_quota', retry: false };
const OVERLOADED: Meaning = { type: SERVER, code: 'server_is_overloaded', status: 503 };
const REFUSED: Meaning = { type: REQUEST, code: 'provider_refused', status: 400 };

/** The error object, as it also stands in the middle of a stream. */
export function toOpenAIError(error: ErrorBody): OpenAIError {
  const { type, code, param } = meaningOf(error);
  return { error: { message: error.message, type, param: paramOf(error) ?? param ?? null, code } };
}

/** The whole answer, for an error that comes before anything else was said. */
export function toErrorAnswer(error: ErrorBody): OpenAIErrorAnswer {
  const { retry, status = ERROR_CODES[error.error_code].status } = meaningOf(error);
  const headers: Record<string, string> = {};
  if (retry === false) headers['x-should-retry'] = 'false';
  const wait_ms = retry === false ? undefined : waitOf(error, status);
  if (wait_ms !== undefined) {
    headers['retry-after'] = String(Math.ceil(wait_ms / 1000));
    headers['retry-after-ms'] = String(wait_ms);
  }
  return { status, headers, body: toOpenAIError(error) };
}

function meaningOf({ error_code, details }: ErrorBody): Meaning {
  if (error_code === 'RATE_LIMITED' && details.quota_spent === true) return QUOTA;
  if (error_code === 'PROVIDER_ERROR') {
    // What the provider says about the request itself is the caller's to mend; asking again gives the same answer.
    if ([400, 413, 422].includes(Number(details.status))) return REFUSED;
    if (details.status === 503 || details.status === 529) return OVERLOADED;
    if (Number(details.status) < 500) return { ...MEANINGS.PROVIDER_ERROR, retry: false };
  }
  return MEANINGS[error_code];
}

/** As OpenAI writes it: `messages[0].content`. */
function paramOf({ details }: ErrorBody): string | undefined {
  const [issue] = Array.isArray(details.issues) ? (details.issues as { path?: unknown }[]) : [];
  if (typeof issue?.path !== 'string' || issue.path === '') return undefined;
  return issue.path.replace(/\.(\d+)(?=\.|$)/g, '[$1]');
}

/** Milliseconds: what the provider asked for, else a moment, when too much is asked of us. */
function waitOf({ details }: ErrorBody, status: number): number | undefined {
  if (typeof details.retry_after_ms === 'number') return details.retry_after_ms;
  if (status === 503) return 5000;
  return status === 429 ? 1000 : undefined;
}
