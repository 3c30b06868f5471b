import * as z from 'zod';
import { conversationSchema, matchSchema } from './conversation.ts';
import { hasMoreThan, isDeeperThan } from './json-depth.ts';
import { messageSchema } from './message.ts';
import { usageSchema } from './usage.ts';

const id = z.string().min(1).max(128);
const isWellFormed = (text: string) => text.isWellFormed();
/** Half a surrogate pair cannot be stored, so two different keys would become the same. */
const key = z.string().min(1).max(255).refine(isWellFormed, 'not well-formed text');
/** Kept as it was sent or refused: half a surrogate pair would come back as something else. */
const title = z.string().trim().min(1).max(200).refine(isWellFormed, 'not well-formed text');
const TOOL_LEVELS = 64;
const TOOL_VALUES = 50_000;
/** Not a record: reading one key by key takes long before anybody can count them. */
const tool = z
  .custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'a tool is an object',
  })
  .meta({ type: 'object', additionalProperties: true });

const ATTACHMENT = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

/** Something sent along with a prompt. */
export const attachmentSchema = z.object({
  url: z
    .string()
    .regex(ATTACHMENT, 'send an image (PNG, JPEG, GIF or WebP) as a base64 data: URL')
    .describe('`data:image/png;base64,...`: PNG, JPEG, GIF or WebP. Nothing is ever fetched from an address.'),
  filename: z.string().max(255).optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** Body of `POST /chat`, `POST /chat/wait` and `POST /runs`. */
export const chatRequestSchema = z
  .object({
    prompt: z
      .string()
      .min(1, 'a prompt is needed')
      .max(10_000_000)
      .optional()
      .describe('Absent only to answer an existing user message anew: then `parent_id` names that message.'),
    attachments: z.array(attachmentSchema).max(16).nullish().describe('Images for models that see, as `data:` URLs.'),
    provider_id: id.nullish(),
    model_id: z.string().min(1).max(512).nullish(),
    system_prompt: z.string().nullish().describe("Replaces the provider's own system prompt for this run."),
    conversation_id: id.nullish().describe('Absent: a new conversation.'),
    parent_id: id
      .nullish()
      .describe(
        "The message to answer after; null: the beginning. Absent: the end of the conversation's active branch.",
      ),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    max_tokens: z.number().int().positive().nullish(),
    reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
    context_length: z
      .number()
      .int()
      .positive()
      .nullish()
      .describe("Tokens of context to allocate, for providers that allocate it per request (Ollama's `num_ctx`)."),
    tools: z
      .array(tool)
      .max(128)
      .refine((tools) => !hasMoreThan(tools, TOOL_VALUES), {
        error: `more than ${TOOL_VALUES} values`,
        abort: true,
      })
      .refine((tools) => !isDeeperThan(tools, TOOL_LEVELS), `nested deeper than ${TOOL_LEVELS} levels`)
      .nullish()
      .describe('OpenAI tool definitions, passed to the provider as they are.'),
    idempotency_key: key.nullish().describe('The same key with the same body gives the same run.'),
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
  message: chatRequestSchema.shape.prompt.describe('What to say. Not needed to go on with a run.'),
  provider_id: chatRequestSchema.shape.provider_id,
  model_id: chatRequestSchema.shape.model_id,
  conversation_id: chatRequestSchema.shape.conversation_id,
  stream_id: key
    .optional()
    .describe('Chosen by the client: the same id joins the same run instead of starting another.'),
  from: z.coerce.number().int().min(0).optional().describe('First token index wanted.'),
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

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const sessionsQuerySchema = z
  .object({
    q: z
      .string()
      .max(500)
      .optional()
      .describe('Words to find in titles and messages, as they are typed: the last one may be unfinished.'),
    cursor: z.string().max(2048).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    archived: flag.optional().describe('`true`: only archived ones. Absent: only the others, or with `q` all.'),
    deleted: flag.optional().describe('`true`: what was deleted and can be restored.'),
  })
  .refine(({ q, deleted }) => !(q && deleted), { path: ['q'], message: 'what was deleted cannot be searched' })
  .refine(({ archived, deleted }) => !deleted || archived === undefined, {
    path: ['archived'],
    message: 'deleted ones are listed together, archived or not',
  });
export const sessionsPageSchema = z.object({
  items: z.array(
    conversationSchema.extend({
      deleted_at: z.string().optional().describe('In the list of deleted ones.'),
      match: matchSchema.optional().describe('In the answer to a search.'),
    }),
  ),
  next_cursor: z.string().nullable(),
});
export const newSessionSchema = z.object({ title: title.nullish() });
export const sessionChangeSchema = z
  .object({
    title,
    pinned: z.boolean(),
    archived: z.boolean(),
    active_leaf_id: id,
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'nothing to change');
export type SessionChange = z.infer<typeof sessionChangeSchema>;

export const messageTreeSchema = z.object({
  items: z.array(
    messageSchema.extend({
      hidden_by: z
        .string()
        .optional()
        .describe('The message with which it was deleted; only where deleted ones were asked for, and on those.'),
    }),
  ),
  active_leaf_id: z.string().nullable(),
});
export type MessageTree = z.infer<typeof messageTreeSchema>;

/** The whole tree; or, with any of `leaf`, `before` and `limit`, a page of one branch. */
export const messagesQuerySchema = z
  .object({
    leaf: id.optional().describe('The end of the branch. Absent: the active one.'),
    before: id.optional().describe('Only what stands above this message: `before` of the page below.'),
    limit: z.coerce.number().int().min(1).max(500).optional(),
    hidden: flag.optional().describe('`true`: deleted messages too. Only for the whole tree.'),
  })
  .refine(({ hidden, leaf, before, limit }) => !hidden || !(leaf ?? before ?? limit), {
    path: ['hidden'],
    message: 'deleted messages are shown in the whole tree only',
  })
  .refine(({ leaf, before }) => !(leaf && before), { path: ['before'], message: 'send either leaf or before' });

export const messageBranchSchema = messageTreeSchema.extend({
  before: z.string().nullable().describe('Ask with it for the page above; null at the root.'),
  versions: z
    .record(z.string(), z.array(z.string()))
    .describe(
      'All versions of those messages of the page that have several: ids in creation order, by the id of the one shown.',
    ),
});
export type MessageBranch = z.infer<typeof messageBranchSchema>;

export const messageChangeSchema = z.object({ text: z.string().min(1, 'a text is needed').max(10_000_000) });
/** Absent: the whole active branch. */
export const forkSchema = z.object({ message_id: id.nullish() });
export const exportQuerySchema = z.object({ format: z.enum(['json', 'markdown']).default('json') });

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
  config_error: z
    .object({ line: z.number().nullable(), message: z.string() })
    .optional()
    .describe('Present while settings.yaml is invalid and the last good one is in force.'),
});
export type Health = z.infer<typeof healthSchema>;

export const logsQuerySchema = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
