import * as z from 'zod';
import { errorBodySchema } from './error-codes.ts';
import { terminalStatusSchema } from './run.ts';
import { usageSchema } from './usage.ts';

/**
 * The one streaming vocabulary. A run is a list of these; `index` is dense from 0.
 * The first is `run-started`, the last `run-finished`, and nothing follows it.
 * Readers ignore types they do not know, so that old pages survive a newer server.
 */
const index = z.number().int().nonnegative();

export const runStartedSchema = z.object({
  type: z.literal('run-started'),
  index,
  run_id: z.string(),
  conversation_id: z.string(),
  message_id: z.string().describe('The assistant message that the run writes.'),
  user_message_id: z
    .string()
    .nullable()
    .describe('The message it answers; null when the run continues without a new one.'),
  provider_id: z.string(),
  model_id: z.string(),
  created_at: z.string(),
});

/** What the run waits for, while there is no output yet. */
export const runProgressSchema = z.object({
  type: z.literal('run-progress'),
  index,
  state: z.enum(['loading-model', 'waiting']),
});

/** A try failed before any output; the next one starts after `delay_ms`. */
export const retryScheduledSchema = z.object({
  type: z.literal('retry-scheduled'),
  index,
  attempt: z.number().int().min(2).describe('Number of the coming try; the first try was 1.'),
  delay_ms: z.number().int().nonnegative(),
  error: errorBodySchema,
});

/** A try failed before any output, and another model answers instead, at once. */
export const fallbackTakenSchema = z.object({
  type: z.literal('fallback-taken'),
  index,
  attempt: z.number().int().min(2).describe('Number of the coming try; the first try was 1.'),
  provider_id: z.string().describe('Who is asked from here on.'),
  model_id: z.string(),
  error: errorBodySchema.describe('What went wrong with the one before.'),
});

export const textDeltaSchema = z.object({ type: z.literal('text-delta'), index, text: z.string() });
export const reasoningDeltaSchema = z.object({ type: z.literal('reasoning-delta'), index, text: z.string() });

/** A whole call, never a fragment. `arguments` is the exact JSON text the model wrote. */
export const toolCallSchema = z.object({
  type: z.literal('tool-call'),
  index,
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
  provider_data: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Attached by the provider, which wants it back with the call; opaque to everyone else.'),
});
export const toolResultSchema = z.object({
  type: z.literal('tool-result'),
  index,
  call_id: z.string(),
  output: z.string(),
  is_error: z.boolean(),
});
export const approvalRequestedSchema = z.object({
  type: z.literal('approval-requested'),
  index,
  approval_id: z.string(),
  call_id: z.string(),
});
export const approvalResolvedSchema = z.object({
  type: z.literal('approval-resolved'),
  index,
  approval_id: z.string(),
  approved: z.boolean(),
});

/** Replaces any earlier usage of the run. */
export const usageEventSchema = z.object({ type: z.literal('usage'), index, usage: usageSchema });
/** Why the run is about to end as `failed` or `interrupted`. At most one, right before `run-finished`. */
export const errorEventSchema = z.object({ type: z.literal('error'), index, error: errorBodySchema });

export const runFinishedSchema = z.object({
  type: z.literal('run-finished'),
  index,
  status: terminalStatusSchema,
  finish_reason: z
    .string()
    .describe(
      '`stop`, `length`, `tool_calls`, `content_filter` from the provider; `stopped`, `error`, `interrupted` from us.',
    ),
  usage: usageSchema.nullable(),
  duration_ms: z
    .number()
    .nonnegative()
    .describe('Milliseconds from start to end, by a monotonic clock where the process survived.'),
  first_output_ms: z
    .number()
    .nonnegative()
    .nullish()
    .describe('Milliseconds from start to the first stored output; null when there was none, absent in old runs.'),
  finished_at: z.string(),
});

export const chatEventSchema = z.discriminatedUnion('type', [
  runStartedSchema,
  runProgressSchema,
  retryScheduledSchema,
  fallbackTakenSchema,
  textDeltaSchema,
  reasoningDeltaSchema,
  toolCallSchema,
  toolResultSchema,
  approvalRequestedSchema,
  approvalResolvedSchema,
  usageEventSchema,
  errorEventSchema,
  runFinishedSchema,
]);

export type ChatEvent = z.infer<typeof chatEventSchema>;
export type ChatEventType = ChatEvent['type'];
type WithoutIndex<E> = E extends unknown ? Omit<E, 'index'> : never;
/** An event that has not been given its place in the run yet. */
export type NewChatEvent = WithoutIndex<ChatEvent>;
