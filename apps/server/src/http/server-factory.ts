/** The HTTP server in front of Fastify: judges every request before anything else sees it. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AppError } from '@lightchat/protocol';
import { errorAnswersOf } from './error-answers.ts';
import { type GuardRules, judge } from './guard.ts';
import { discardBody } from './kit/discard-body.ts';
import { setCorsHeaders, setPreflightHeaders, setSecurityHeaders } from './security-headers.ts';
import { noteAnswer } from './unreadable-request.ts';

const requestIds = new WeakMap<IncomingMessage, string>();

/** The id that the answer carries as `x-request-id`. */
export function requestIdOf(request: IncomingMessage): string {
  return requestIds.get(request) ?? '';
}

export function createGuardedServer(
  handler: RequestListener,
  deps: { newRequestId(): string; rules(port: number): GuardRules },
): Server {
  let port = 0;
  const answer: RequestListener = (request, response) => {
    noteAnswer(request, response);
    const id = deps.newRequestId();
    requestIds.set(request, id);
    setSecurityHeaders(response, id);
    const { refusal, corsOrigin } = judge(request, deps.rules(port));
    if (corsOrigin) setCorsHeaders(response, corsOrigin);
    if (refusal) {
      discardBody(request);
      refuse(request, response, refusal);
    } else if (request.method === 'OPTIONS') {
      if (corsOrigin) setPreflightHeaders(response, request.headers['access-control-request-headers']);
      response.writeHead(204).end();
    } else {
      handler(request, response);
    }
  };
  // A missing Host is for the guard to refuse; Node's own refusal has no body and none of our headers.
  const server = createServer({ keepAliveTimeout: 72_000, requireHostHeader: false }, answer);
  // An expectation that nobody knows may be ignored (RFC 9110, 10.1.1).
  server.on('checkExpectation', answer);
  server.on('listening', () => {
    const address = server.address();
    if (typeof address === 'object' && address) port = address.port;
  });
  return server;
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: AppError): void {
  const { status, headers, body } = errorAnswersOf(request.url)(refusal.toBody());
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
