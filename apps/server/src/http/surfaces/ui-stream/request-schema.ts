import { chatRequestSchema } from '@lightchat/protocol';
import * as z from 'zod';

const { provider_id, model_id, system_prompt, temperature, top_p, max_tokens, reasoning_effort, context_length } =
  chatRequestSchema.shape;

/** Ids are the client's own. `sessions` is taken: the sessions are served beside the chats. */
const clientId = z
  .string()
  .min(1)
  .max(128)
  .refine((text) => text.isWellFormed(), 'not well-formed text');
const chatIdSchema = clientId.refine((id) => id !== 'sessions', 'a chat cannot be called so');

/** Loose: clients send their whole history with every message, with parts that only they know. */
const uiMessageSchema = z.looseObject({
  id: clientId.optional(),
  role: z.enum(['user', 'assistant', 'system']),
  parts: z.array(z.looseObject({ type: z.string() })).max(1000),
});
export type SentMessage = z.infer<typeof uiMessageSchema>;

/** Body of `POST /api/chat`: what the AI SDK's transports send, and what may stand beside it in `transport.body`. */
export const uiChatRequestSchema = z.looseObject({
  id: chatIdSchema,
  /** The whole history, the new message last. Everything before it is only looked at where nothing is known here. */
  messages: z.array(uiMessageSchema).max(10_000).optional(),
  /** The new message alone, from clients that let the server keep the history. */
  message: uiMessageSchema.optional(),
  trigger: z.enum(['submit-message', 'regenerate-message']).default('submit-message'),
  /** The message that is edited, or answered anew. */
  messageId: clientId.nullish(),
  /** The message to answer after, where the client knows better than the active branch. */
  parent_id: clientId.nullish(),
  /** `provider_id/model_id`, or a bare model id; `provider_id` and `model_id` win. */
  model: z.string().min(1).max(512).nullish(),
  provider_id,
  model_id,
  /** For this run instead of the provider's own. System messages in the history are not listened to. */
  system: system_prompt,
  system_prompt,
  temperature,
  top_p,
  max_tokens,
  reasoning_effort,
  context_length,
});
export type UiChatRequest = z.infer<typeof uiChatRequestSchema>;

/** Body of `POST /api/chat/{id}/stop`. */
export const stopRequestSchema = z.looseObject({
  /** The run (`run_id` in the metadata of `start`) or the assistant message that is meant. Absent: whatever runs. */
  activeStreamId: z.string().max(128).nullish(),
  /** What the client has of the answer. The server has more, so it is not looked at. */
  assistantMessage: z.unknown().optional(),
});

export const streamQuerySchema = z.object({
  /** Index of the first chunk wanted. */
  startIndex: z.coerce.number().int().min(0).optional(),
});
