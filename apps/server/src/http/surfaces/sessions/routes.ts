import { newSessionSchema, sessionChangeSchema, sessionsQuerySchema } from '@lightchat/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { DEFAULT_TITLE } from '../../../engine/run/title.ts';
import { LOCAL_OWNER } from '../../kit/context.ts';
import { parse } from '../../kit/validate.ts';
import type { SessionsContext, WithId } from './context.ts';
import { copyRoutes } from './copy-routes.ts';
import { messageRoutes } from './message-routes.ts';

export type { SessionsContext } from './context.ts';

/** Conversations as resources. A session id is the `conversation_id` of the other routes. */
export function sessionsSurface(app: FastifyInstance, context: SessionsContext): void {
  const { conversations, changes, clock, engine, ids } = context;
  const owner = LOCAL_OWNER;
  const changed = (id: string) => changes.publish(owner, { type: 'conversation-changed', conversation_id: id });

  app.get('/api/chat/sessions', (request, reply) => {
    const { q, deleted, archived, cursor, limit } = parse(sessionsQuerySchema, request.query);
    const words = q?.trim();
    if (deleted) return conversations.listDeleted(owner, { cursor, limit, now: clock.now() });
    if (words) return conversations.search(owner, { q: words, archived, cursor, limit }, goneSignal(reply));
    return conversations.list(owner, { cursor, limit, archived });
  });

  app.post('/api/chat/sessions', async (request, reply) => {
    const { title } = parse(newSessionSchema, request.body ?? {});
    engine.refuseWhenClosing();
    const created_at = clock.now();
    const input = { id: ids.create('conv'), title: title ?? DEFAULT_TITLE, created_at };
    const conversation = await conversations.create(owner, input);
    changed(conversation.id);
    return reply.status(201).send(conversation);
  });

  app.get<WithId>('/api/chat/sessions/:id', (request) => conversations.get(owner, request.params.id));

  app.patch<WithId>('/api/chat/sessions/:id', async (request) => {
    const change = parse(sessionChangeSchema, request.body);
    const conversation = await conversations.change(owner, request.params.id, change, clock.now());
    changed(conversation.id);
    return conversation;
  });

  app.delete<WithId>('/api/chat/sessions/:id', async (request, reply) => {
    await engine.removeConversation(owner, request.params.id);
    return reply.status(204).send();
  });

  app.post<WithId>('/api/chat/sessions/:id/restore', async (request) => {
    const conversation = await conversations.restore(owner, request.params.id, clock.now());
    changed(conversation.id);
    return conversation;
  });

  messageRoutes(app, context, owner, changed);
  copyRoutes(app, context, owner, changed);
}

/** Aborts when nobody waits for the answer any more: whoever types on has asked anew. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort('gone'));
  return gone.signal;
}
