import { AppError, type ChatRequest } from '@lightchat/protocol';
import type { FastifyRequest } from 'fastify';

/** The request with the key of an `Idempotency-Key` header, which may stand in for the field of the body. */
export function withIdempotencyKey(request: FastifyRequest, body: ChatRequest): ChatRequest {
  const header = request.headers['idempotency-key'];
  if (header === undefined || body.idempotency_key) return body;
  if (typeof header !== 'string' || header.length < 1 || header.length > 255) {
    throw new AppError('INVALID_REQUEST', 'The Idempotency-Key must have 1 to 255 characters.', {
      details: { issues: [{ path: 'Idempotency-Key', message: '1 to 255 characters' }] },
    });
  }
  return { ...body, idempotency_key: header };
}
