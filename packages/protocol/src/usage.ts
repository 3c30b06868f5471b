import { z } from 'zod';

/** Tokens of one run, as the provider counted them; `estimated` when it counted none. */
export const usageSchema = z.object({
  prompt_tokens: z.number().int().nonnegative(),
  completion_tokens: z.number().int().nonnegative(),
  total_tokens: z.number().int().nonnegative(),
  estimated: z.boolean().optional(),
});

export type Usage = z.infer<typeof usageSchema>;
