import { type ChatEvent, chatRequestSchema, eventsQuerySchema, formatCursor } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import { LOCAL_OWNER, type SurfaceContext } from '../../kit/context.ts';
import { lastEventId, refuseFuture } from '../../kit/cursor.ts';
import { withIdempotencyKey } from '../../kit/idempotency.ts';
import { sharedEncoding, streamRun } from '../../kit/stream-run.ts';
import { parse } from '../../kit/validate.ts';

/** Runs themselves: start without following, look, follow, stop. */
export function runsSurface(app: FastifyInstance, { engine, limits }: SurfaceContext): void {
  const owner = LOCAL_OWNER;

  app.post('/runs', async (request, reply) => {
    const run = await engine.start(owner, withIdempotencyKey(request, parse(chatRequestSchema, request.body)));
    return reply.status(202).send(run);
  });

  app.get<{ Params: { id: string } }>('/runs/:id', (request) => engine.get(owner, request.params.id));

  app.get<{ Params: { id: string } }>('/runs/:id/events', { exposeHeadRoute: false }, async (request, reply) => {
    const run = await engine.get(owner, request.params.id);
    const cursor = lastEventId(request);
    const query = parse(eventsQuerySchema, request.query);
    const from = cursor?.run_id === run.id ? cursor.index + 1 : (query.from ?? 0);
    refuseFuture(run, from);
    return streamRun(reply, { engine, owner, run, from, encode: encodeEvents, sse: limits() });
  });

  app.post<{ Params: { id: string } }>('/runs/:id/stop', (request) => engine.stop(owner, request.params.id));
}

const encodeEvents = sharedEncoding((events, run) => {
  let text = '';
  for (const event of events) {
    text += `id: ${formatCursor(run.id, event.index)}\nevent: ${event.type}\ndata: ${encodeEvent(event)}\n\n`;
  }
  return text;
});

/** A delta is nearly every event, and stringifying its text alone is half the work. */
function encodeEvent(event: ChatEvent): string {
  if (event.type !== 'text-delta') return JSON.stringify(event);
  return `{"index":${event.index},"type":"text-delta","text":${JSON.stringify(event.text)}}`;
}
