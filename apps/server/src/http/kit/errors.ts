import { AppError, isAppError } from '@lightchat/protocol';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Logger } from '../../engine/ports.ts';
import { discardBody } from './discard-body.ts';
import type { ToErrorAnswer } from './error-answer.ts';

/** Turns every failure of a route into the error shape of its address, and every unknown path into NOT_FOUND. */
export function installErrorAnswers(
  app: FastifyInstance,
  logger: Logger,
  answersOf: (url: string | undefined) => ToErrorAnswer,
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
  app.setNotFoundHandler((request, reply) => {
    const missing = new AppError('NOT_FOUND', `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`);
    const { status, headers, body } = answersOf(request.raw.url)(missing.toBody());
    return reply.status(status).headers(headers).send(body);
  });
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
