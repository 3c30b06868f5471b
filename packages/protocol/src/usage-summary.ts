import * as z from 'zod';

export const usageDimensionSchema = z.enum(['day', 'provider', 'model']);
export type UsageDimension = z.infer<typeof usageDimensionSchema>;

const DIMENSIONS = usageDimensionSchema.options.join('|');

/** Query of `GET /usage`. */
export const usageQuerySchema = z.object({
  from: z.iso.date().optional().describe('First day, UTC, `YYYY-MM-DD`. Absent: 29 days before `to`.'),
  to: z.iso.date().optional().describe('Last day, UTC, included. Absent: today.'),
  by: z
    .string()
    .regex(new RegExp(`^(${DIMENSIONS})(,(${DIMENSIONS}))*$`), `name some of ${DIMENSIONS}, separated by commas`)
    .default('model')
    .describe('What tells the items apart: `day`, `provider`, `model` or several, separated by commas.'),
});

const count = z.number().int().nonnegative();
const times = z.object({
  average: z.number().nonnegative(),
  p50: z.number().nonnegative().describe('The median, to within 3 %.'),
});

/** What a number of answers used. */
export const usageCountSchema = z.object({
  answers: count.describe('All that ended, however they ended.'),
  failures: count.describe('Of these, those that failed or were interrupted.'),
  stopped: count.describe('Of these, those that somebody stopped.'),
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  estimated_tokens: count.describe('Of the total, tokens that we estimated because the provider counted none.'),
  duration_ms: times.nullable().describe('From start to end. Null when there was no answer.'),
  first_output_ms: times.nullable().describe('From start to the first output. Null when it is not known of any.'),
});
export type UsageCount = z.infer<typeof usageCountSchema>;

/** One group; it has the fields it was grouped by. */
export const usageItemSchema = z.object({
  day: z.iso.date().optional(),
  provider_id: z.string().optional().describe('Also when grouped by model: two providers may call theirs alike.'),
  model_id: z.string().optional(),
  ...usageCountSchema.shape,
});
export type UsageItem = z.infer<typeof usageItemSchema>;

/** Answer of `GET /usage`. */
export const usageSummarySchema = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  by: z.array(usageDimensionSchema),
  totals: usageCountSchema,
  items: z.array(usageItemSchema).describe('By day, then by tokens, most first. Days without an answer are left out.'),
});
export type UsageSummary = z.infer<typeof usageSummarySchema>;
