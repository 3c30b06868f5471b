/** What a provider's "no" means: by HTTP status, and by what it wrote. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from '@lightchat/protocol';
import { cleanText, htmlTitle, nameKey } from './clean-text.ts';
import { type Failure, type FailureOptions, failureOf } from './failure.ts';
import { parseJson } from './json-value.ts';
import { readRetryAfter } from './retry-after.ts';
import type { Target } from './target.ts';
import {
  isContextLength,
  isModelMissing,
  isQuotaSpent,
  readUpstreamError,
  type UpstreamError,
} from './upstream-error.ts';

export interface Asked {
  /** The model asked for; null when the question was not about one. */
  model_id: string | null;
  /** How to get a missing model. */
  model_remedy: string;
}

/** An answer with an HTTP status of 400 or above. */
export function refusalByStatus(
  target: Target,
  asked: Asked,
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): Failure {
  const looksLikePage = /^\s*</.test(body);
  const value = looksLikePage ? { message: htmlTitle(body) ?? 'a web page' } : (parseJson(body) ?? body);
  return refusal(target, asked, readUpstreamError(value), status, readRetryAfter(headers));
}

/** An error inside a stream whose status was 200. */
export function refusalInStream(target: Target, asked: Asked, value: unknown): Failure {
  const said = readUpstreamError(value);
  return refusal(target, asked, said, said.status ?? statusOfKind(said.kind), undefined);
}

function statusOfKind(kind: string): number | undefined {
  if (/rate_?limit/.test(kind)) return 429;
  if (/overloaded|unavailable/.test(kind)) return 529;
  if (/authentication|invalid_api_key/.test(kind)) return 401;
  return undefined;
}

function refusal(
  target: Target,
  asked: Asked,
  said: UpstreamError,
  status: number | undefined,
  retry_after_ms: number | undefined,
): Failure {
  const text = cleanText(said.message, target.secret);
  const details: Record<string, unknown> = {};
  if (status !== undefined) details.status = status;
  if (text) details.upstream_message = text;
  if (said.kind) details.upstream_code = cleanText(said.kind, target.secret, 80);
  const quote = text ? ` It said: ${text}` : '';
  const make = (code: ErrorCode, message: string, options: Omit<FailureOptions, 'details'>) =>
    failureOf(target, code, message, { ...options, details });

  if (isContextLength(said)) {
    if (said.prompt_tokens !== undefined) details.prompt_tokens = said.prompt_tokens;
    if (said.context_length !== undefined) details.context_length = said.context_length;
    const remedy = 'Start a new chat, shorten the message, or choose a model with a longer context.';
    return make('CONTEXT_LENGTH_EXCEEDED', `The conversation is longer than the model can read. ${remedy}${quote}`, {
      retry: 'never',
    });
  }
  if (status === 401 || status === 403) {
    const verb = target.secret ? 'was refused by' : 'and one is needed by';
    const remedy = target.secret ? 'Check api_key in settings.' : 'Set api_key in settings.';
    return make(
      'PROVIDER_UNAUTHORIZED',
      `${nameKey(target.secret)} ${verb} ${target.name} (${target.host}). ${remedy}${quote}`,
      {
        retry: 'never',
      },
    );
  }
  if (asked.model_id !== null && (status === undefined || status < 500) && isModelMissing(said)) {
    const model = cleanText(asked.model_id, target.secret, 120);
    details.model_id = model;
    return make('MODEL_NOT_FOUND', `${target.name} has no model "${model}". ${asked.model_remedy}`, { retry: 'never' });
  }
  if (status === 429) {
    const spent = isQuotaSpent(said);
    const cause = spent ? 'says that the quota of this key is used up.' : 'is limiting requests right now.';
    const wait = retry_after_ms ? ` Try again in ${inWords(retry_after_ms)}.` : '';
    return make('RATE_LIMITED', `${target.name} ${cause}${wait}${quote}`, {
      retry: spent ? 'never' : 'safe',
      retry_after_ms,
    });
  }
  if (status === 402) {
    return make('PROVIDER_ERROR', `${target.name} wants payment before it answers (402).${quote}`, { retry: 'never' });
  }
  if (status === 404 || status === 405) {
    const remedy = /\/v\d+\w*$/.test(target.base_path)
      ? ''
      : ' Addresses of OpenAI-compatible servers usually end in /v1.';
    return make(
      'PROVIDER_ERROR',
      `${target.name} (${target.host}) answers, but not at this address (${status}).${remedy}${quote}`,
      {
        retry: 'never',
      },
    );
  }
  if (status === 408 || status === 504) {
    return make('PROVIDER_TIMEOUT', `${target.name} gave up waiting for the model (${status}).${quote}`, {
      retry: 'before-output',
      retry_after_ms,
    });
  }
  if (status !== undefined && status < 500) {
    return make('PROVIDER_ERROR', `${target.name} did not accept the request (${status}).${quote}`, { retry: 'never' });
  }
  // A server that is still loading or whose queue is full did no work yet.
  const idle = status === 503 && /loading|pending requests|queue/i.test(said.message);
  const number = status === undefined ? '' : ` (${status})`;
  return make('PROVIDER_ERROR', `${target.name} failed to answer${number}.${quote}`, {
    retry: idle ? 'safe' : 'before-output',
    retry_after_ms,
  });
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
