import { AppError, isAppError } from '@lightchat/protocol';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../../engine/ports.ts';
import { discardBody } from './discard-body.ts';
import { type ToErrorAnswer, toCommonErrorAnswer } from './error-answer.ts';
import { createKnownPaths } from './known-paths.ts';

/**
 * Turns every failure of a route into the error shape of its address, every unknown path into NOT_FOUND, and a wrong
 * method into METHOD_NOT_ALLOWED. Comes before the routes.
 */
export function installErrorAnswers(
  app: FastifyInstance,
  logger: Logger,
  answersOf: (url: string | undefined) => ToErrorAnswer = () => toCommonErrorAnswer,
): void {
  app.setErrorHandler((error, request, reply) => {
    const known = toAppError(error);
    if (known.status >= 500 && known.code === 'INTERNAL') {
      logger.write({
        role: 'error',
        event_type: 'request_failed',
        content: `${request.method} ${request.routeOptions.url ?? request.url} failed`,
        details: { request_id: request.id, error: describe(error) },
      });
    }
    // Fastify closes the connection on a body that is too large, and the client may never read why.
    reply.removeHeader('connection');
    discardBody(request.raw);
    const { status, headers, body } = answersOf(request.raw.url)(known.toBody());
    return reply.status(status).headers(headers).send(body);
  });
  const paths = createKnownPaths();
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) paths.add(one, url);
  });
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const allowed = paths.methodsAt(path);
    const { status, headers, body } = answersOf(request.raw.url)(missing(request, allowed).toBody());
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    return reply.status(status).headers(headers).send(body);
  });
}

function missing({ method, url }: FastifyRequest, allowed: readonly string[]): AppError {
  const what = `${method} ${url.slice(0, 200)}`;
  if (allowed.length === 0) return new AppError('NOT_FOUND', `There is nothing at ${what}.`);
  return new AppError('METHOD_NOT_ALLOWED', `There is no ${what}; this address takes ${allowed.join(', ')}.`);
}

/** The error a caller may see. What we did not foresee becomes INTERNAL, without its text. */
function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new AppError('PAYLOAD_TOO_LARGE', 'The request body is larger than the server accepts (10 MB).');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
  }
  if (statusCode === 416) return new AppError('RANGE_NOT_SATISFIABLE', 'This part lies behind the end of the file.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AppError('INVALID_REQUEST', 'The request could not be read: its body or address is malformed.', {
      details: { issues: [{ path: '', message: 'not valid JSON, or not a valid request' }] },
    });
  }
  return new AppError('INTERNAL', 'Something went wrong inside LightChat. The log has the details.');
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
