import * as z from 'zod';
import { errorBodySchema } from './error-codes.ts';
import { usageSchema } from './usage.ts';

export const runStatusSchema = z.enum([
  'queued',
  'running',
  'awaiting_approval',
  'completed',
  'stopped',
  'failed',
  'interrupted',
]);
export type RunStatus = z.infer<typeof runStatusSchema>;

export const terminalStatusSchema = z.enum(['completed', 'stopped', 'failed', 'interrupted']);
/** `completed`: the provider said it was done. `interrupted`: the stream ended without that. */
export type TerminalStatus = z.infer<typeof terminalStatusSchema>;

export function isTerminal(status: RunStatus): status is TerminalStatus {
  return terminalStatusSchema.safeParse(status).success;
}

/** One answer being made, or made. Times are ISO 8601 UTC. */
export const runSchema = z.object({
  id: z.string(),
  status: runStatusSchema,
  conversation_id: z.string(),
  message_id: z.string().describe('The assistant message this run writes.'),
  provider_id: z.string().describe('Who answers: after a fallback, the one that was fallen back to.'),
  model_id: z.string(),
  attempts: z.number().int().positive().describe('Tries so far, the first included.'),
  next_index: z
    .number()
    .int()
    .nonnegative()
    .describe('The index the next event will have: events 0..next_index-1 are stored.'),
  finish_reason: z.string().nullable(),
  usage: usageSchema.nullable(),
  error: errorBodySchema.nullable(),
  duration_ms: z.number().nullable().describe('Milliseconds from start to end; null until then.'),
  first_output_ms: z
    .number()
    .nullable()
    .describe('Milliseconds from start to the first output; null until there is some.'),
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
export type Run = z.infer<typeof runSchema>;
