import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import * as fault from './answer-faults.ts';
import { type Failure, failureOf, toAppError } from './failure.ts';
import { type JsonObject, parseJson } from './json-value.ts';
import { networkFailure } from './network-failure.ts';
import { refusalByStatus } from './refusal.ts';
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
}

/**
 * Asks a short question and answers the parsed JSON. Rejects with an AppError (unreachable, unauthorized,
 * timeout, error) or, when `signal` aborts, at once with its reason.
 */
export function requestJson({ target, http, signal, path, body }: JsonQuestion): Promise<unknown> {
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
      fail(fault.noHeaders(target, TIMEOUT_MS));
      stop();
    }, TIMEOUT_MS);
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
          if (size <= MAX_BYTES) return;
          fail(fault.tooLarge(target, MAX_BYTES));
          stop();
        },
        onResponseEnd() {
          const text = Buffer.concat(chunks).toString('utf8');
          if (status >= 400) return fail(refusalByStatus(target, null, status, headers, text));
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
