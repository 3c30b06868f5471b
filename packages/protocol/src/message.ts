import * as z from 'zod';
import { errorBodySchema } from './error-codes.ts';
import { usageSchema } from './usage.ts';

export const messagePartSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string() }),
  /** Something attached: an image for models that see. */
  z.object({
    type: z.literal('file'),
    media_type: z.string(),
    url: z.string().describe('A `data:` URL.'),
    filename: z.string().optional(),
  }),
  /** The model that was asked failed before it said anything, and another one answered. */
  z.object({
    type: z.literal('fallback'),
    /** Who was asked. */
    provider_id: z.string(),
    model_id: z.string(),
    error: errorBodySchema,
  }),
  z.object({
    type: z.literal('tool-call'),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string().describe('The exact JSON text the model wrote; it may not parse.'),
    state: z.enum(['called', 'awaiting-approval', 'approved', 'denied', 'done', 'failed']),
    output: z.string().optional(),
    approval_id: z.string().optional(),
    provider_data: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Attached by the provider, which wants it back with the call; opaque to everyone else.'),
  }),
]);
export type MessagePart = z.infer<typeof messagePartSchema>;

/** `running` while its run writes it; the others are the run's end. User messages are `completed`. */
export const messageStatusSchema = z.enum(['running', 'completed', 'stopped', 'failed', 'interrupted']);
export type MessageStatus = z.infer<typeof messageStatusSchema>;

/** One node of a conversation's tree. Editing and regenerating add siblings; nothing is overwritten. */
export const messageSchema = z.object({
  id: z.string(),
  conversation_id: z.string(),
  parent_id: z.string().nullable(),
  role: z.enum(['user', 'assistant']),
  parts: z.array(messagePartSchema),
  status: messageStatusSchema,
  run_id: z.string().nullable(),
  provider_id: z.string().nullable(),
  model_id: z.string().nullable(),
  finish_reason: z.string().nullable(),
  usage: usageSchema.nullable(),
  error: errorBodySchema.nullable(),
  created_at: z.string(),
});
export type Message = z.infer<typeof messageSchema>;

/** The visible text of a message: its text parts, joined. */
export function messageText(message: Pick<Message, 'parts'>): string {
  let text = '';
  for (const part of message.parts) if (part.type === 'text') text += part.text;
  return text;
}
