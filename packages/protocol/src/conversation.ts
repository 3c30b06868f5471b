import * as z from 'zod';

export const conversationSchema = z.object({
  id: z.string(),
  title: z.string(),
  pinned: z.boolean(),
  archived: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Conversation = z.infer<typeof conversationSchema>;

/** One in the trash. */
export const deletedConversationSchema = conversationSchema.extend({ deleted_at: z.string() });
export type DeletedConversation = z.infer<typeof deletedConversationSchema>;

/** Why a search found a conversation. */
export const matchSchema = z.object({
  message_id: z
    .string()
    .nullable()
    .describe('The newest message with the words; null when it is the title that has them.'),
  snippet: z.string().describe('The place in the message or title: one line of plain text.'),
  marks: z
    .array(z.tuple([z.number(), z.number()]))
    .describe('What to emphasize in the snippet: `[start, end]` in UTF-16 code units, in order.'),
});

export const foundConversationSchema = conversationSchema.extend({ match: matchSchema });
export type FoundConversation = z.infer<typeof foundConversationSchema>;
