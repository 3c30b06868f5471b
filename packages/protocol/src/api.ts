import { z } from 'zod';
import { conversationSchema } from './conversation.ts';
import { isDeeperThan } from './json-depth.ts';
import { messageSchema } from './message.ts';
import { usageSchema } from './usage.ts';

const id = z.string().min(1).max(128);
/** Half a surrogate pair cannot be stored, so two different keys would become the same. */
const key = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => text.isWellFormed(), 'not well-formed text');
const TOOL_LEVELS = 64;

const ATTACHMENT = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

/** Something sent along with a prompt. */
export const attachmentSchema = z.object({
  /** `data:image/png;base64,...`: PNG, JPEG, GIF or WebP. Nothing is ever fetched from an address. */
  url: z.string().regex(ATTACHMENT, 'send an image (PNG, JPEG, GIF or WebP) as a base64 data: URL'),
  filename: z.string().max(255).optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** Body of `POST /chat`, `POST /chat/wait` and `POST /runs`. */
export const chatRequestSchema = z
  .object({
    /** Absent only to answer an existing user message anew: then `parent_id` names that message. */
    prompt: z.string().min(1, 'a prompt is needed').max(10_000_000).optional(),
    /** Images for models that see, as `data:` URLs. */
    attachments: z.array(attachmentSchema).max(16).nullish(),
    provider_id: id.nullish(),
    model_id: z.string().min(1).max(512).nullish(),
    /** Replaces the provider's own system prompt for this run. */
    system_prompt: z.string().nullish(),
    /** Absent: a new conversation. */
    conversation_id: id.nullish(),
    /** The message to answer after; null: the beginning. Absent: the end of the conversation's active branch. */
    parent_id: id.nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    max_tokens: z.number().int().positive().nullish(),
    reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
    /** Tokens of context to allocate, for providers that allocate it per request (Ollama's `num_ctx`). */
    context_length: z.number().int().positive().nullish(),
    /** OpenAI tool definitions, passed to the provider as they are. */
    tools: z
      .array(z.record(z.string(), z.unknown()))
      .max(128)
      .refine((tools) => !isDeeperThan(tools, TOOL_LEVELS), `nested deeper than ${TOOL_LEVELS} levels`)
      .nullish(),
    /** The same key with the same body gives the same run. */
    idempotency_key: key.nullish(),
  })
  .refine(({ parent_id, conversation_id }) => !parent_id || conversation_id, {
    path: ['parent_id'],
    message: 'a message to answer after is in a conversation: send its conversation_id too',
  })
  .refine(({ prompt, parent_id }) => prompt !== undefined || parent_id, {
    path: ['prompt'],
    message: 'a prompt is needed',
  });
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** Query of `GET /chat/streaming` and body of its POST. */
export const streamingRequestSchema = z.object({
  message: chatRequestSchema.shape.prompt,
  provider_id: chatRequestSchema.shape.provider_id,
  model_id: chatRequestSchema.shape.model_id,
  conversation_id: chatRequestSchema.shape.conversation_id,
  /** Chosen by the client: the same id joins the same run instead of starting another. */
  stream_id: key.optional(),
  /** First token index wanted. */
  from: z.coerce.number().int().min(0).optional(),
});

export const chatStartSchema = z.object({
  run_id: z.string(),
  conversation_id: z.string(),
  message_id: z.string(),
  provider_id: z.string(),
  model_id: z.string(),
});
export type ChatStart = z.infer<typeof chatStartSchema>;

export const waitResponseSchema = chatStartSchema.extend({
  final_output: z.string(),
  finish_reason: z.string(),
  usage: usageSchema.nullable(),
  duration_ms: z.number(),
});

export const eventsQuerySchema = z.object({ from: z.coerce.number().int().min(0).optional() });

export const sessionsQuerySchema = z.object({
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const sessionsPageSchema = z.object({
  items: z.array(conversationSchema),
  next_cursor: z.string().nullable(),
});
export const newSessionSchema = z.object({ title: z.string().trim().min(1).max(200).nullish() });
export const sessionChangeSchema = z
  .object({
    title: z.string().trim().min(1).max(200),
    pinned: z.boolean(),
    archived: z.boolean(),
    active_leaf_id: id,
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'nothing to change');
export type SessionChange = z.infer<typeof sessionChangeSchema>;

export const messageTreeSchema = z.object({
  items: z.array(messageSchema),
  active_leaf_id: z.string().nullable(),
});
export type MessageTree = z.infer<typeof messageTreeSchema>;

/** What changed, for pages that keep lists: carried by `GET /api/changes`. */
export const changeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('conversation-changed'), conversation_id: z.string() }),
  z.object({ type: z.literal('run-started'), conversation_id: z.string(), run_id: z.string(), message_id: z.string() }),
  z.object({
    type: z.literal('run-finished'),
    conversation_id: z.string(),
    run_id: z.string(),
    message_id: z.string(),
  }),
  z.object({ type: z.literal('settings-changed') }),
  z.object({ type: z.literal('providers-changed') }),
]);
export type Change = z.infer<typeof changeSchema>;

export const healthSchema = z.object({
  status: z.literal('ok'),
  version: z.string(),
  /** Present while settings.yaml is invalid and the last good one is in force. */
  config_error: z.object({ line: z.number().nullable(), message: z.string() }).optional(),
});
export type Health = z.infer<typeof healthSchema>;

export const logsQuerySchema = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
