import type { FastifyReply } from 'fastify';
import { LOCAL_OWNER } from '../../../kit/context.ts';
import { type Answering, noteFallback, settle, toAppError, whenGone } from './answering.ts';
import { createOutput } from './output.ts';
import { responseJson } from './response-json.ts';

/** Answers with the whole response object, or throws: half an answer with status 200 would pass for a whole one. */
export async function wholeResponse(reply: FastifyReply, { engine, asked, head, seed }: Answering) {
  const output = createOutput(seed, asked.origins);
  const end = await engine.complete(LOCAL_OWNER, asked.request, whenGone(reply), (events) => {
    for (const event of events) {
      noteFallback(head, event);
      output.take(event);
    }
    return undefined;
  });
  // Nobody is there to answer.
  if (end.status === 'stopped') return reply.hijack();
  if (end.error) throw toAppError(end.error);
  return reply.type('application/json; charset=utf-8').send(responseJson(head, settle(output, end)));
}
