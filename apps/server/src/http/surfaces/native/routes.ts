import { chatRequestSchema } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import { LOCAL_OWNER, type SurfaceContext } from '../../kit/context.ts';
import { lastEventId, refuseFuture } from '../../kit/cursor.ts';
import { withIdempotencyKey } from '../../kit/idempotency.ts';
import { streamRun } from '../../kit/stream-run.ts';
import { parse } from '../../kit/validate.ts';
import { encodeChat } from './encode.ts';

/** `POST /chat`: starts a run and streams it. With a `Last-Event-ID` it goes on with that run instead. */
export function nativeSurface(app: FastifyInstance, { engine, limits }: SurfaceContext): void {
  app.post('/chat', async (request, reply) => {
    const owner = LOCAL_OWNER;
    const cursor = lastEventId(request);
    const run = cursor
      ? await engine.get(owner, cursor.run_id)
      : await engine.start(owner, withIdempotencyKey(request, parse(chatRequestSchema, request.body)));
    const from = cursor ? cursor.index + 1 : 0;
    refuseFuture(run, from);
    return streamRun(reply, { engine, owner, run, from, encode: encodeChat, sse: limits() });
  });
}
