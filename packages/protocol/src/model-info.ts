import * as z from 'zod';

/** `llama_cpp`, the embedded engine, is a word settings may use; this version answers that it does not have it. */
export const providerTypeSchema = z.enum(['ollama', 'openai', 'demo', 'llama_cpp']);
export type ProviderType = z.infer<typeof providerTypeSchema>;

export const modelInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  context_length: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Tokens the model was made for; a server may allocate fewer.'),
  capabilities: z
    .array(z.string())
    .optional()
    .describe('Lower-case words such as `tools`, `vision`, `thinking`, `embedding`.'),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

export const providerStatusSchema = z.enum(['ready', 'unreachable', 'unauthorized', 'unknown']);
export type ProviderStatus = z.infer<typeof providerStatusSchema>;

export const providerInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: providerTypeSchema,
  status: providerStatusSchema,
  default: z.boolean().describe('Whether a chat that names no provider goes here now.'),
  problem: z.string().optional().describe('Why it is not ready, with the remedy; absent when it is.'),
});
export type ProviderInfo = z.infer<typeof providerInfoSchema>;
