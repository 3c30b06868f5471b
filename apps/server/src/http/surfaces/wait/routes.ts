import { AppError, applyEvents, chatRequestSchema, type Message, messageText, type Run } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import { LOCAL_OWNER, type SurfaceContext } from '../../kit/context.ts';
import { withIdempotencyKey } from '../../kit/idempotency.ts';
import { parse } from '../../kit/validate.ts';

/** `POST /chat/wait`: the whole answer as JSON. It follows the same run a stream would; hanging up does not stop it. */
export function waitSurface(app: FastifyInstance, { engine }: SurfaceContext): void {
  app.post('/chat/wait', async (request, reply) => {
    const owner = LOCAL_OWNER;
    const run = await engine.start(owner, withIdempotencyKey(request, parse(chatRequestSchema, request.body)));
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    let answer: Pick<Message, 'parts'> = { parts: [] };
    let duration_ms = 0;
    for await (const batch of engine.follow(owner, run.id, 0, gone.signal)) {
      answer = applyEvents(answer as Message, batch);
      const last = batch.at(-1);
      if (last?.type === 'run-finished') duration_ms = last.duration_ms;
    }
    const ended = await engine.get(owner, run.id);
    const about = aboutRun(ended);
    const final_output = messageText(answer);
    if (ended.error) {
      // What arrived before the failure is kept in the conversation and handed over here too.
      const details = { ...ended.error.details, ...about, partial_output: final_output };
      throw new AppError(ended.error.error_code, ended.error.message, { details });
    }
    return { ...about, final_output, finish_reason: ended.finish_reason, usage: ended.usage, duration_ms };
  });
}

function aboutRun({ id, conversation_id, message_id, provider_id, model_id }: Run) {
  return { run_id: id, conversation_id, message_id, provider_id, model_id };
}
