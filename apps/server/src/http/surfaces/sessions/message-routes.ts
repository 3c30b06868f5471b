import { messageChangeSchema, messagesQuerySchema } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import type { Owner } from '../../../engine/ports.ts';
import { parse } from '../../kit/validate.ts';
import type { SessionsContext, WithId, WithMessageId } from './context.ts';

/** Messages of a page where nobody says how many. */
const PAGE = 100;

/** The messages of a conversation. Nothing is overwritten: what is changed gets another version beside it. */
export function messageRoutes(
  app: FastifyInstance,
  { conversations, clock, engine, ids }: SessionsContext,
  owner: Owner,
  changed: (id: string) => void,
): void {
  app.get<WithId>('/api/chat/sessions/:id/messages', (request) => {
    const { id } = request.params;
    const { leaf, before, limit, hidden } = parse(messagesQuerySchema, request.query);
    const isPage = leaf !== undefined || before !== undefined || limit !== undefined;
    if (isPage) return conversations.branch(owner, id, { leaf, before, limit: limit ?? PAGE });
    return hidden ? conversations.allMessages(owner, id) : conversations.messages(owner, id);
  });

  app.patch<WithMessageId>('/api/chat/sessions/:id/messages/:message_id', async (request) => {
    const { id, message_id } = request.params;
    const { text } = parse(messageChangeSchema, request.body);
    const version = { id: ids.create('msg'), text, created_at: clock.now() };
    const message = await conversations.edit(owner, id, message_id, version);
    changed(id);
    return message;
  });

  app.delete<WithMessageId>('/api/chat/sessions/:id/messages/:message_id', async (request, reply) => {
    await engine.removeMessage(owner, request.params.id, request.params.message_id);
    return reply.status(204).send();
  });

  app.post<WithMessageId>('/api/chat/sessions/:id/messages/:message_id/restore', async (request) => {
    const { id, message_id } = request.params;
    const message = await conversations.restoreMessage(owner, id, message_id);
    changed(id);
    return message;
  });
}
