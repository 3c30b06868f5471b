/** One typed way to ask the server. Answers are trusted to match the protocol: both sides share it. */
import type { ErrorBody } from '@lightchat/protocol';

/** Every answer of the server is immediate or bounded; past this the connection is considered dead. */
const TIMEOUT_MS = 30_000;

/**
 * The request did not succeed. `status` 0: no answer came (network, restart, timeout).
 * Otherwise `body` is the server's error object, whose message is made for people.
 */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody, cause?: unknown) {
    super(body.message, { cause });
    this.status = status;
    this.body = body;
  }
}

export function isRequestFailed(error: unknown): error is RequestFailed {
  return error instanceof Error && error.name === 'RequestFailed';
}

/** Whether asking again may help: nothing answered, or the server is on its way down. */
export function isTransient(error: unknown): boolean {
  return isRequestFailed(error) && (error.status === 0 || error.body.error_code === 'SHUTTING_DOWN');
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Sends JSON, answers JSON (undefined for 204). Rejects with RequestFailed, or the abort reason of `signal`. */
export async function request<T>(path: string, { method = 'GET', body, signal }: RequestOptions = {}): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const init: RequestInit = {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  try {
    const response = await fetch(path, init);
    if (!response.ok) throw await failureOf(response);
    return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  } catch (error) {
    if (isRequestFailed(error) || signal?.aborted) throw error;
    throw unreachable(error);
  }
}

/** The error object of a response that is not ok. */
export async function failureOf(response: Response): Promise<RequestFailed> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isErrorBody(body)) return new RequestFailed(response.status, body);
  // A proxy in front of the server speaks for it while it is away.
  if ([502, 503, 504].includes(response.status)) return unreachable(response.status);
  const message = `The server answered ${response.status} without saying why.`;
  return new RequestFailed(response.status, { error_code: 'INTERNAL', message, details: {} });
}

function unreachable(cause: unknown): RequestFailed {
  const message = 'LightChat’s server does not answer. It may be restarting; start it again if it was closed.';
  return new RequestFailed(0, { error_code: 'INTERNAL', message, details: {} }, cause);
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'error_code' in body && 'message' in body;
}

/** One header of what is at `path`, or null. Rejects like `request`. */
export async function requestHeader(path: string, name: string, signal?: AbortSignal): Promise<string | null> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(path, {
      method: 'HEAD',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return response.headers.get(name);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(error);
  }
}
