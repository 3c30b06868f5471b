import { newSessionSchema, sessionChangeSchema, sessionsQuerySchema } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import type { Changes, Clock, ConversationStore, Ids } from '../../../engine/ports.ts';
import { LOCAL_OWNER, type SurfaceContext } from '../../kit/context.ts';
import { parse } from '../../kit/validate.ts';

export interface SessionsContext extends SurfaceContext {
  conversations: ConversationStore;
  changes: Changes;
  clock: Clock;
  ids: Ids;
}

interface WithId {
  Params: { id: string };
}

/** Conversations as resources. A session id is the `conversation_id` of the other routes. */
export function sessionsSurface(app: FastifyInstance, context: SessionsContext): void {
  const { conversations, changes, clock, engine, ids } = context;
  const owner = LOCAL_OWNER;
  const changed = (id: string) => changes.publish(owner, { type: 'conversation-changed', conversation_id: id });

  app.get('/api/chat/sessions', (request) => conversations.list(owner, parse(sessionsQuerySchema, request.query)));

  app.post('/api/chat/sessions', async (request, reply) => {
    const { title } = parse(newSessionSchema, request.body ?? {});
    const created_at = clock.now();
    const input = { id: ids.create('conv'), title: title ?? 'New chat', created_at };
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
    const conversation = await conversations.restore(owner, request.params.id);
    changed(conversation.id);
    return conversation;
  });

  app.get<WithId>('/api/chat/sessions/:id/messages', (request) => conversations.messages(owner, request.params.id));
}
