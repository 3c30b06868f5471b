import * as z from 'zod';
import {
  type Answer,
  IDEMPOTENCY_KEY,
  LAST_EVENT_ID,
  NOTHING_LEFT,
  START_ERRORS,
  type SurfaceDescription,
} from '../../kit/operation.ts';
import { uiChunkSchema } from './chunk.ts';
import { stopRequestSchema, streamQuerySchema, uiChatRequestSchema } from './request-schema.ts';

const CHAT_ID = { id: "The chat: an id the client made up, or a session's `conv_…`, percent-encoded." };

const uiMessageSchema = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  metadata: z.record(z.string(), z.unknown()),
  parts: z.array(z.looseObject({ type: z.string() })),
});

const chunks: Answer = {
  about: 'UI message chunks, each with an `id` of `<run id>:<chunk index>`, then `[DONE]`.',
  events: { message: { about: 'A chunk.', data: uiChunkSchema } },
  headers: {
    'x-vercel-ai-ui-message-stream': '`v1`, the name of this protocol.',
    'x-workflow-run-id': 'The run. `GET /api/chat/{run id}/stream?startIndex=n` goes on with it.',
  },
};

export const uiStream: SurfaceDescription = {
  name: 'Chat, for useChat',
  about:
    "The AI SDK's UI message stream, for `useChat` with the transport it comes with (versions 6 and 7, and the later ones of 5). A chat is a conversation under an id that the client chose. The server keeps the history: what a client sends beside its new message only says where that belongs.",
  schemas: { UIMessage: uiMessageSchema, UIMessageChunk: uiChunkSchema },
  operations: [
    {
      id: 'uiChat',
      method: 'POST',
      path: '/api/chat',
      summary: 'Send, edit or answer anew, and get the answer as chunks',
      about:
        'Takes the whole history (`messages`) or the new message alone (`message`). The same message sent again joins its answer. A message with the id of a stored one and other words, or with `messageId`, is an edit: a branch beside it. `regenerate-message` adds an answer beside the others. Closing the connection does not stop the answer.',
      headers: { ...IDEMPOTENCY_KEY, ...LAST_EVENT_ID },
      body: uiChatRequestSchema,
      answers: { 200: chunks, 204: NOTHING_LEFT },
      errors: START_ERRORS,
      example: {
        body: { id: 'my-chat', message: { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'Say hello' }] } },
      },
    },
    {
      id: 'uiChatResume',
      method: 'GET',
      path: '/api/chat/:id/stream',
      summary: 'Take up the answer that is being written',
      about: 'From its first chunk, or from `startIndex`, or after `Last-Event-ID`. As many viewers as like.',
      params: CHAT_ID,
      headers: LAST_EVENT_ID,
      query: streamQuerySchema,
      answers: { 200: chunks, 204: { about: 'Nothing is being written, or nothing is left.' } },
      errors: ['NOT_FOUND'],
    },
    {
      id: 'uiChatStop',
      method: 'POST',
      path: '/api/chat/:id/stop',
      summary: 'Stop what is being written',
      about: 'For everyone, however often. An `activeStreamId` that is not at work stops nothing.',
      params: CHAT_ID,
      body: stopRequestSchema,
      bodyOptional: true,
      answers: {
        200: { about: 'The answer as it is kept.', json: uiMessageSchema },
        204: { about: 'There is no answer in this chat.' },
      },
      errors: ['NOT_FOUND'],
    },
  ],
};
