import type { FastifyReply } from 'fastify';
import { LOCAL_OWNER } from '../../../kit/context.ts';
import { noteFallback } from '../answering.ts';
import { type Answering, settle, toThrown } from './answering.ts';
import { createOutput } from './output.ts';
import { responseJson } from './response-json.ts';

/** Answers with the whole response object, or throws: half an answer with status 200 would pass for a whole one. */
export async function wholeResponse(
  reply: FastifyReply,
  { engine, request, origins, head, seed, said, gone }: Answering,
) {
  const output = createOutput(seed, origins);
  const end = await engine.complete(LOCAL_OWNER, request, gone, (events) => {
    noteFallback(head, events);
    for (const event of events) output.take(event);
    return undefined;
  });
  // Nobody is there to answer.
  if (end.status === 'stopped') return reply.hijack();
  if (end.error) throw toThrown(end.error);
  return reply.type('application/json; charset=utf-8').send(responseJson(head, settle(output, end, said)));
}
