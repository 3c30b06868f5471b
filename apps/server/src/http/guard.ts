/**
 * Who may reach a local server. Loopback is open to every web page the user visits and to every
 * program on the machine, so each request is judged by its own headers, before it is routed and before
 * its body is read.
 */
import type { IncomingMessage } from 'node:http';
import { AppError } from '@lightchat/protocol';
import { headerValues, isForeign, isLoadedElsewhere } from './kit/foreign-request.ts';

const READING = new Set(['GET', 'HEAD']);

export interface GuardRules {
  /** The port the server listens on. */
  port: number;
  /** Exact origins from settings that may call from a browser. */
  corsOrigins: readonly string[];
}

export interface Verdict {
  refusal?: AppError;
  /** The origin to name in CORS headers; only ever one of `corsOrigins`. */
  corsOrigin?: string;
}

export function judge(request: IncomingMessage, rules: GuardRules): Verdict {
  if (!request.url?.startsWith('/')) return refuse('The request target must be a path on this server.');
  const hosts = headerValues(request, 'host');
  const host = hosts[0]?.toLowerCase();
  if (hosts.length !== 1 || host === undefined || !allowedHosts(rules.port).includes(host)) {
    const { port } = rules;
    return refuse(`LightChat answers to http://127.0.0.1:${port} and http://localhost:${port} only. Open one of them.`);
  }
  const [origin, ...others] = headerValues(request, 'origin');
  const listed = origin !== undefined && others.length === 0 && rules.corsOrigins.includes(origin);
  const verdict: Verdict = listed ? { corsOrigin: origin } : {};
  if (request.method === 'OPTIONS') return verdict;
  if (READING.has(request.method ?? '')) {
    return listed || !isLoadedElsewhere(request) ? verdict : refuse('Another site may not load anything from here.');
  }
  if (!listed && isForeign(request)) {
    return refuse('Another site tried to change something here. List its origin under cors_origins to allow it.');
  }
  if (!isJson(request)) {
    const message = 'Send changes as application/json: set the Content-Type header.';
    return { ...verdict, refusal: new AppError('UNSUPPORTED_MEDIA_TYPE', message) };
  }
  return verdict;
}

function refuse(message: string): Verdict {
  return { refusal: new AppError('FORBIDDEN', message) };
}

function allowedHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])];
}

/** A page may send forms and plain text anywhere without asking; it may not send JSON. No body needs no type. */
function isJson(request: IncomingMessage): boolean {
  const types = headerValues(request, 'content-type');
  const hasBody =
    Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined;
  if (types.length === 0) return !hasBody;
  return types.length === 1 && /^application\/json\s*(;|$)/i.test(types[0] ?? '');
}
