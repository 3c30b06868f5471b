import * as z from 'zod';

/** Tokens of one run, as the provider counted them; `estimated` when it counted none. */
export const usageSchema = z.object({
  prompt_tokens: z.number().int().nonnegative(),
  completion_tokens: z.number().int().nonnegative(),
  total_tokens: z.number().int().nonnegative(),
  estimated: z.boolean().optional(),
  cached_tokens: z.number().int().nonnegative().optional().describe("Of the prompt, served from the provider's cache."),
  reasoning_tokens: z.number().int().nonnegative().optional().describe('Of the completion, spent on reasoning.'),
  prompt_truncated: z
    .boolean()
    .optional()
    .describe('The provider read clearly fewer prompt tokens than were sent: the beginning was cut off.'),
});

export type Usage = z.infer<typeof usageSchema>;
