/** What a provider's "no" means: by HTTP status, and by what it wrote. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from '@lightchat/protocol';
import type { RetryClass } from '../../engine/ports.ts';
import { cleanText, htmlTitle, nameKey } from './clean-text.ts';
import { type Failure, failureOf } from './failure.ts';
import { parseJson } from './json-value.ts';
import { readRetryAfter } from './retry-after.ts';
import type { Target } from './target.ts';
import {
  isContextLength,
  isFiltered,
  isModelMissing,
  isQuotaSpent,
  missingAbility,
  readUpstreamError,
  type UpstreamError,
} from './upstream-error.ts';

/** What was asked for, and what helps when that cannot be had. */
export interface Asked {
  model_id: string;
  /** How to get a missing model. */
  model_remedy: string;
  /** How to make room when the conversation is too long. */
  context_remedy: string;
}

/** An answer with an HTTP status of 400 or above. `asked`: null when the question was not for a model's answer. */
export function refusalByStatus(
  target: Target,
  asked: Asked | null,
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): Failure {
  const isPage = /^\s*</.test(body);
  const value = isPage ? { message: htmlTitle(body) ?? 'a web page' } : (parseJson(body) ?? body);
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

interface Verdict {
  code: ErrorCode;
  message: string;
  retry: RetryClass;
}

function refusal(
  target: Target,
  asked: Asked | null,
  said: UpstreamError,
  status: number | undefined,
  retry_after_ms: number | undefined,
): Failure {
  const details: Record<string, unknown> = {};
  if (status !== undefined) details.status = status;
  const text = cleanText(said.message, target.secret);
  if (text) details.upstream_message = text;
  if (said.kind) details.upstream_code = cleanText(said.kind, target.secret, 80);
  if (said.prompt_tokens !== undefined) details.prompt_tokens = said.prompt_tokens;
  if (said.context_length !== undefined) details.context_length = said.context_length;

  const { code, message, retry } =
    (asked && aboutModel(target, asked, said, status)) ?? aboutStatus(target, said, status, retry_after_ms);
  // Surfaces tell their clients that waiting is no use then.
  if (code === 'RATE_LIMITED' && isQuotaSpent(said)) details.quota_spent = true;
  const quote = text && code !== 'MODEL_NOT_FOUND' ? ` It said: ${text}` : '';
  return failureOf(target, code, message + quote, { retry, retry_after_ms, details });
}

function aboutModel(target: Target, asked: Asked, said: UpstreamError, status = 400): Verdict | undefined {
  if (isContextLength(said)) {
    const message = `The conversation is longer than the model can read. ${asked.context_remedy}`;
    return { code: 'CONTEXT_LENGTH_EXCEEDED', message, retry: 'never' };
  }
  if (status < 500 && isModelMissing(said)) {
    const model = cleanText(asked.model_id, target.secret, 120);
    const message = `${target.name} has no model "${model}". ${asked.model_remedy}`;
    return { code: 'MODEL_NOT_FOUND', message, retry: 'never' };
  }
  if (status < 500 && isFiltered(said)) {
    const message = `${target.name} refused the prompt because of its rules about content.`;
    return { code: 'PROVIDER_ERROR', message, retry: 'never' };
  }
  const missing = missingAbility(said);
  if (missing && UNABLE_STATUS.has(status)) {
    const model = cleanText(asked.model_id, target.secret, 120);
    const message = `The model "${model}" cannot ${UNABLE[missing]}. Choose one that can, or send the message without.`;
    return { code: 'PROVIDER_ERROR', message, retry: 'never' };
  }
  return undefined;
}

const UNABLE = { images: 'see images', tools: 'use tools', thinking: 'think in the way that was asked for' };
/** llama.cpp answers 500, OpenRouter 404. */
const UNABLE_STATUS = new Set([400, 404, 422, 500, 501]);

function aboutStatus(
  target: Target,
  said: UpstreamError,
  status: number | undefined,
  retry_after_ms: number | undefined,
): Verdict {
  const { name, host, secret } = target;
  switch (status) {
    case 401:
    case 403: {
      const message = secret
        ? `${nameKey(secret)} was refused by ${name} (${host}). Check api_key in settings.`
        : `${name} (${host}) needs an API key, and none is set. Set api_key in settings.`;
      return { code: 'PROVIDER_UNAUTHORIZED', message, retry: 'never' };
    }
    case 402:
      return { code: 'PROVIDER_ERROR', message: `${name} wants payment before it answers (402).`, retry: 'never' };
    case 404:
    case 405: {
      const message = `${name} (${host}) answers, but not at this address (${status}). ${target.address_remedy}`;
      return { code: 'PROVIDER_ERROR', message, retry: 'never' };
    }
    case 408:
    case 504: {
      const message = `${name} gave up waiting for the model (${status}).`;
      return { code: 'PROVIDER_TIMEOUT', message, retry: 'before-output' };
    }
    case 429: {
      // Without a wish to wait for, trying again soon only makes it worse.
      const spent = isQuotaSpent(said);
      const cause = spent ? 'says that the quota of this key is used up.' : 'is limiting requests right now.';
      const wait = retry_after_ms ? ` Try again in ${inWords(retry_after_ms)}.` : '';
      return {
        code: 'RATE_LIMITED',
        message: `${name} ${cause}${wait}`,
        retry: spent || retry_after_ms === undefined ? 'never' : 'safe',
      };
    }
    default: {
      if (status !== undefined && status < 500) {
        return { code: 'PROVIDER_ERROR', message: `${name} did not accept the request (${status}).`, retry: 'never' };
      }
      // A server that is still loading, or whose queue is full, did no work yet.
      const isIdle = status === 503 && /loading|pending requests|queue/i.test(said.message);
      const message = `${name} failed to answer${status === undefined ? '' : ` (${status})`}.`;
      return { code: 'PROVIDER_ERROR', message, retry: isIdle ? 'safe' : 'before-output' };
    }
  }
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
