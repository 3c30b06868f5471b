/** `POST /v1/chat/completions`. Nothing is stored; who hangs up stops the answer, unless it asked for one to come back to. */
import { type Cursor, parseCursor } from '@lightchat/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LOCAL_OWNER } from '../../kit/context.ts';
import { openSse } from '../../kit/sse.ts';
import { goneSignal } from './answering.ts';
import { chatRequestSchema } from './chat-request-schema.ts';
import { toCompletionRequest } from './completion-request.ts';
import type { OpenAIContext } from './context.ts';
import { readLetterCase } from './letter-case.ts';
import { addressModel } from './model-address.ts';
import { readRequest } from './read-request.ts';
import { createKeptAnswers, noSuchAnswer, showKept } from './resume.ts';
import { streamCompletion } from './stream-completion.ts';
import { wholeCompletion } from './whole-completion.ts';
import { withinContext } from './within-context.ts';

export function chatCompletions(app: FastifyInstance, context: OpenAIContext): void {
  const { engine, providers, clock, limits } = context;
  const owner = LOCAL_OWNER;
  const kept = createKeptAnswers(clock, () => limits().output_bytes);
  app.addHook('onClose', (_app, done) => {
    kept.close();
    done();
  });

  app.post('/v1/chat/completions', async (request, reply) => {
    const seen = lastSeen(request);
    if (seen) return goOn(reply, seen);
    const { body, letters } = readLetterCase(request.body, request.headers['x-lightchat-case']);
    const asked = readRequest(chatRequestSchema, body);
    const gone = goneSignal(reply);
    const model = await addressModel(providers, asked.model, gone);
    const id = `chatcmpl-${request.id.slice(request.id.indexOf('_') + 1)}`;
    const answering = {
      engine,
      request: await withinContext(providers, { ...toCompletionRequest(asked), model: model.address }, model, gone),
      head: { id, created: Math.floor(Date.parse(clock.now()) / 1000), model: asked.model },
      letters,
    };
    if (!asked.stream) return wholeCompletion(reply, answering);
    const keep = request.headers['x-lightchat-resume'] === 'true' ? () => kept.keep(owner, id) : undefined;
    return streamCompletion(reply, answering, {
      usage: asked.stream_options?.include_usage === true,
      sse: limits(),
      keep,
    });
  });

  /** The rest of an answer, for a client that lost its connection. Its body was read when it asked. */
  async function goOn(reply: FastifyReply, { run_id, index }: Cursor): Promise<FastifyReply | undefined> {
    const from = index + 1;
    const answer = kept.find(owner, run_id, from);
    if (answer.endsAt(from)) return reply.status(204).send();
    await showKept(answer, from, openSse(reply, limits()), reply);
    return undefined;
  }
}

/** The last event that a returning client has seen. */
function lastSeen(request: FastifyRequest): Cursor | undefined {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return undefined;
  const cursor = typeof header === 'string' ? parseCursor(header) : undefined;
  if (cursor) return cursor;
  throw noSuchAnswer();
}
