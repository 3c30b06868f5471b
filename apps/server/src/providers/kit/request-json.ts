import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import * as fault from './answer-faults.ts';
import { type Failure, failureOf, toAppError } from './failure.ts';
import { type JsonObject, parseJson } from './json-value.ts';
import { networkFailure } from './network-failure.ts';
import { type Asked, refusalByStatus } from './refusal.ts';
import type { Target } from './target.ts';
import { dispatchOptions, type Http } from './upstream-http.ts';

/** The longest lists of models known are a few hundred kilobytes. */
const MAX_BYTES = 8_388_608;
const TIMEOUT_MS = 10_000;

export interface JsonQuestion {
  target: Target;
  http: Http;
  signal: AbortSignal;
  path: string;
  /** Sent as POST when there is one. */
  body?: JsonObject;
  /** When the question is for a model's work: then it may also be refused as MODEL_NOT_FOUND or CONTEXT_LENGTH_EXCEEDED. */
  asked?: Asked;
  timeout_ms?: number;
  max_bytes?: number;
}

/**
 * Asks a short question and answers the parsed JSON. Rejects with an AppError (unreachable, unauthorized,
 * timeout, error) or, when `signal` aborts, at once with its reason.
 */
export function requestJson(question: JsonQuestion): Promise<unknown> {
  const { target, http, signal, path, body, asked = null, timeout_ms = TIMEOUT_MS, max_bytes = MAX_BYTES } = question;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let controller: Dispatcher.DispatchController | undefined;
    let settled = false;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let size = 0;
    const chunks: Buffer[] = [];

    const settle = (act: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (failure: Failure) => settle(() => reject(toAppError(failure)));
    const stop = () => controller?.abort(new Error('abandoned'));
    const onAbort = () => {
      settle(() => reject(signal.reason));
      stop();
    };
    const timer = setTimeout(() => {
      fail(fault.noHeaders(target, timeout_ms));
      stop();
    }, timeout_ms);
    signal.addEventListener('abort', onAbort, { once: true });

    http.dispatch(
      dispatchOptions(target, {
        method: body ? 'POST' : 'GET',
        path,
        accept: 'application/json',
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
      {
        onRequestStart(started) {
          controller = started;
          if (settled) stop();
        },
        onResponseStart(_, code, received) {
          if (code < 200) return;
          status = code;
          headers = received;
          if (code < 300 || code >= 400) return;
          fail(fault.redirected(target, code, received.location));
          stop();
        },
        onResponseData(_, chunk) {
          chunks.push(chunk);
          size += chunk.length;
          if (size <= max_bytes) return;
          fail(fault.tooLarge(target, max_bytes));
          stop();
        },
        onResponseEnd() {
          const text = Buffer.concat(chunks).toString('utf8');
          if (status >= 400) return fail(refusalByStatus(target, asked, status, headers, text));
          const value = parseJson(text);
          if (value === undefined) return fail(/^\s*</.test(text) ? fault.pageInstead(target, text) : notJson(target));
          settle(() => resolve(value));
        },
        onResponseError(_, error) {
          fail(networkFailure(target, error, false));
        },
      },
    );
  });
}

/** What answers is no model server, or none of the kind it was taken for. */
export function notJson(target: Target): Failure {
  const message = `Something answers at ${target.host}, but not as a model server does. Check host in settings.`;
  return failureOf(target, 'PROVIDER_ERROR', message, { retry: 'never', details: { reason: 'not_an_api' } });
}
