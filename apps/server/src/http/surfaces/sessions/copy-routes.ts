/** Copies of conversations: forks, exports and imports. */
import { Readable } from 'node:stream';
import { type Conversation, exportQuerySchema, forkSchema, sessionsArchiveSchema } from '@lightchat/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Owner } from '../../../engine/ports.ts';
import { parse } from '../../kit/validate.ts';
import type { SessionsContext, WithId } from './context.ts';
import { type Exported, exportedJson, exportedMarkdown } from './export.ts';
import { fileName } from './file-name.ts';
import { forkConversation } from './fork.ts';
import { importConversation } from './import.ts';

/** Conversations whose ids are read at once. */
const PAGE = 100;

export function copyRoutes(
  app: FastifyInstance,
  context: SessionsContext,
  owner: Owner,
  changed: (id: string) => void,
): void {
  const { conversations, clock, engine } = context;

  app.post<WithId>('/api/chat/sessions/:id/fork', async (request, reply) => {
    const { message_id } = parse(forkSchema, request.body ?? {});
    engine.refuseWhenClosing();
    const conversation = await forkConversation(context, owner, request.params.id, message_id ?? undefined);
    changed(conversation.id);
    return reply.status(201).send(conversation);
  });

  app.post('/api/chat/sessions/import', async (request, reply) => {
    const { sessions } = parse(sessionsArchiveSchema, request.body);
    engine.refuseWhenClosing();
    const items: Conversation[] = [];
    for (const session of sessions) {
      const conversation = await importConversation(context, owner, session);
      changed(conversation.id);
      items.push(conversation);
    }
    return reply.status(201).send({ items });
  });

  app.get<WithId>('/api/chat/sessions/:id/export', async (request, reply) => {
    const { format } = parse(exportQuerySchema, request.query);
    const { title } = await conversations.get(owner, request.params.id);
    return sendExport(reply, format, title, [request.params.id]);
  });

  app.get('/api/chat/sessions/export', (request, reply) => {
    const { format } = parse(exportQuerySchema, request.query);
    return sendExport(reply, format, 'conversations', allIds());
  });

  async function* allIds(): AsyncGenerator<string> {
    for (let after: string | undefined; ; ) {
      const ids = await conversations.ids(owner, after, PAGE);
      yield* ids;
      after = ids.at(-1);
      if (after === undefined) return;
    }
  }

  function sendExport(reply: FastifyReply, format: 'json' | 'markdown', name: string, ids: Exported['ids']) {
    const exported_at = clock.now();
    const isJson = format === 'json';
    const what: Exported = { conversations, owner, ids, exported_at };
    reply.type(isJson ? 'application/json; charset=utf-8' : 'text/markdown; charset=utf-8');
    reply.header('content-disposition', fileName(name, exported_at, isJson ? 'json' : 'md'));
    reply.header('cache-control', 'no-store');
    return reply.send(Readable.from(isJson ? exportedJson(what) : exportedMarkdown(what)));
  }
}
