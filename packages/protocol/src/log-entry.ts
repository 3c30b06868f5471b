import * as z from 'zod';
import { usageSchema } from './usage.ts';

/** One line of the JSONL log. Never holds a secret. */
export const logEntrySchema = z.object({
  ts: z.string().describe('ISO 8601 UTC with milliseconds.'),
  role: z.enum(['user', 'assistant', 'system', 'error']),
  content: z.string(),
  provider_id: z.string().optional(),
  model_id: z.string().optional(),
  run_id: z.string().optional(),
  conversation_id: z.string().optional(),
  event_type: z.string().optional(),
  usage: usageSchema.optional(),
  duration_ms: z.number().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;
