import type { ServerResponse } from 'node:http';

/** A response, or what becomes the head of one. */
interface Head {
  setHeader(name: string, value: string): unknown;
}

/**
 * On every answer, errors and streams too. Styles may be inline because the page's parts set sizes and
 * positions that way; scripts may not, and nothing may be loaded from, framed by or sent to elsewhere.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export function setSecurityHeaders(response: Head, requestId: string): void {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  // Else a browser looks up the hosts of links that a model wrote before anyone clicks on them.
  response.setHeader('x-dns-prefetch-control', 'off');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('x-request-id', requestId);
}

/** Only for an origin that settings list. */
export function setCorsHeaders(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'Origin');
  response.setHeader('access-control-expose-headers', 'etag, x-request-id');
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
}

const ALLOWED_HEADERS = 'authorization, content-type, if-match, idempotency-key, last-event-id';
/** What API clients add by themselves: OpenAI's and the AI SDK's tell their version that way. */
const CLIENTS_OWN =
  /^(authorization|content-type|if-match|idempotency-key|last-event-id|user-agent|x-[a-z0-9-]+|openai-[a-z-]+)$/;

/** Of the header names that a browser asks for, those that may be sent. */
function allowedOf(asked: string): string {
  const names = asked
    .toLowerCase()
    .split(',', 50)
    .map((name) => name.trim());
  return names.filter((name) => CLIENTS_OWN.test(name)).join(', ') || ALLOWED_HEADERS;
}

/** `asked`: `Access-Control-Request-Headers` of the preflight. */
export function setPreflightHeaders(response: ServerResponse, asked: string | undefined): void {
  response.setHeader('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
  response.setHeader('access-control-allow-headers', asked === undefined ? ALLOWED_HEADERS : allowedOf(asked));
  response.setHeader('access-control-max-age', '600');
}
