/// <reference path="./undici-agent.d.ts" />
import type { Dispatcher, Agent as UndiciAgent } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { Target } from './target.ts';

/** The one thing that is asked of undici. */
export type Http = Pick<Dispatcher, 'dispatch'>;

/** Time to find the host and to connect. */
const CONNECT_MS = 5000;

/**
 * The connections to all providers. Redirects are not followed and nothing is decompressed; timeouts on
 * answers belong to the callers. HTTP/1.1 only, so that aborting an answer closes its own socket.
 */
export function createUpstreamHttp(): UndiciAgent {
  return new Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
    maxHeaderSize: 65_536,
    allowH2: false,
  });
}

export interface UpstreamRequest {
  method: 'GET' | 'POST';
  /** Under the target's base path, beginning with a slash. */
  path: string;
  accept: string;
  /** JSON text. */
  body?: string;
}

/** The secret is put into `authorization` here and nowhere else, for the target's own origin only. */
export function dispatchOptions(target: Target, request: UpstreamRequest): Dispatcher.DispatchOptions {
  const headers: Record<string, string> = {
    accept: request.accept,
    'accept-encoding': 'identity',
    'user-agent': 'LightChat',
  };
  if (target.secret) headers.authorization = `Bearer ${target.secret}`;
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  return {
    origin: target.origin,
    path: target.base_path + request.path,
    method: request.method,
    headers,
    body: request.body ?? null,
  };
}
