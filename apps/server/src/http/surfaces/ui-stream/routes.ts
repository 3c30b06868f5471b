import { AppError, isAppError, isTerminal, type Message, type Run } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import type { ClientNames, ConversationStore } from '../../../engine/ports.ts';
import { LOCAL_OWNER, type SurfaceContext } from '../../kit/context.ts';
import { lastEventId } from '../../kit/cursor.ts';
import { withIdempotencyKey } from '../../kit/idempotency.ts';
import { parse } from '../../kit/validate.ts';
import { stopRequestSchema, streamQuerySchema, uiChatRequestSchema } from './request-schema.ts';
import { showChunks } from './show-chunks.ts';
import { startRun } from './start-run.ts';
import { toUIMessage } from './ui-message.ts';

export interface UiStreamContext extends SurfaceContext {
  names: ClientNames;
  conversations: ConversationStore;
}

interface WithId {
  Params: { id: string };
}

/** The AI SDK's UI message stream for `useChat`. A chat is a conversation, under an id that the client chose. */
export function uiStreamSurface(app: FastifyInstance, { engine, limits, names, conversations }: UiStreamContext): void {
  const owner = LOCAL_OWNER;

  app.post('/api/chat', async (request, reply) => {
    const body = parse(uiChatRequestSchema, request.body);
    const { idempotency_key } = withIdempotencyKey(request, {});
    const run = await startRun({ engine, names, owner }, body, idempotency_key ?? undefined);
    const cursor = lastEventId(request);
    const from = cursor?.run_id === run.id ? cursor.index + 1 : 0;
    return showChunks(reply, { engine, owner, run, from, sse: limits() });
  });

  app.get<WithId>('/api/chat/:id/stream', { exposeHeadRoute: false }, async (request, reply) => {
    const cursor = lastEventId(request);
    const { startIndex } = parse(streamQuerySchema, request.query);
    const { id } = request.params;
    const run = cursor ? await seen(id, cursor.run_id) : await live(id, startIndex !== undefined);
    if (!run) return reply.status(204).send();
    const from = cursor ? cursor.index + 1 : (startIndex ?? 0);
    return showChunks(reply, { engine, owner, run, from, sse: limits() });
  });

  app.post<WithId>('/api/chat/:id/stop', async (request, reply) => {
    const { activeStreamId } = parse(stopRequestSchema, request.body ?? {});
    const chat = await names.conversation(owner, request.params.id);
    if (!chat) throw new AppError('NOT_FOUND', 'There is no such chat.');
    const runs = await working(chat.id);
    const meant = runs.filter(({ id, message_id }) => !activeStreamId || [id, message_id].includes(activeStreamId));
    await Promise.all(meant.map(({ id }) => engine.stop(owner, id)));
    const last = meant[0]?.message_id ?? chat.active_leaf_id;
    const message = last === null ? undefined : await stored(chat.id, last);
    return message?.role === 'assistant' ? toUIMessage(message) : reply.status(204).send();
  });

  /** The run of this chat that the client has seen a part of. */
  async function seen(id: string, runId: string): Promise<Run> {
    const run = await engine.get(owner, runId);
    const chat = await names.conversation(owner, id);
    if (id === run.id || chat?.id === run.conversation_id) return run;
    throw new AppError('NOT_FOUND', 'There is no such run in this chat.');
  }

  /** The newest run at work in this chat; or the run of this id, also an ended one for who names where to begin. */
  async function live(id: string, hasIndex: boolean): Promise<Run | undefined> {
    const chat = await names.conversation(owner, id);
    if (chat) return (await working(chat.id))[0];
    const run = await engine.get(owner, id).catch(nothingFound);
    return run && (hasIndex || !isTerminal(run.status)) ? run : undefined;
  }

  async function working(chatId: string): Promise<Run[]> {
    return Promise.all((await names.working(owner, chatId)).map((id) => engine.get(owner, id)));
  }

  /** Whole, also while it is being written. */
  async function stored(conversationId: string, messageId: string): Promise<Message | undefined> {
    return (await conversations.path(owner, conversationId, messageId)).at(-1);
  }
}

function nothingFound(error: unknown): undefined {
  if (isAppError(error) && error.code === 'NOT_FOUND') return undefined;
  throw error;
}
