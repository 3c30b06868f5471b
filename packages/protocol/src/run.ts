import { z } from 'zod';
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
  /** The assistant message this run writes. */
  message_id: z.string(),
  /** Who answers: after a fallback, the one that was fallen back to. */
  provider_id: z.string(),
  model_id: z.string(),
  /** Tries so far, the first included. */
  attempts: z.number().int().positive(),
  /** The index the next event will have: events 0..next_index-1 are stored. */
  next_index: z.number().int().nonnegative(),
  finish_reason: z.string().nullable(),
  usage: usageSchema.nullable(),
  error: errorBodySchema.nullable(),
  /** Milliseconds from start to end, and to the first output; null while unknown. */
  duration_ms: z.number().nullable(),
  first_output_ms: z.number().nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
export type Run = z.infer<typeof runSchema>;
