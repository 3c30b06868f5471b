/**
 * The body of `POST /v1/responses`, as far as it changes the answer. What is not named here is accepted and left alone.
 * Source: the request types of OpenAI's SDKs (https://platform.openai.com/docs/api-reference/responses/create).
 */
import * as z from 'zod';

const partSchema = z.looseObject({ type: z.string() });
export type Part = z.infer<typeof partSchema>;

/** Text is a list of one part. */
const contentSchema = z.preprocess(
  (content) => (typeof content === 'string' ? [{ type: 'input_text', text: content }] : (content ?? [])),
  z.array(partSchema),
);

const textsSchema = z.array(z.object({ text: z.string() })).nullish();

const callId = z.string().min(1).max(512);
const toolName = z.string().min(1).max(256);

const knownItemSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: contentSchema,
  }),
  z.object({
    type: z.literal('function_call'),
    call_id: callId,
    name: toolName,
    namespace: z.string().nullish(),
    arguments: z.string(),
  }),
  z.object({
    type: z.literal('custom_tool_call'),
    call_id: callId,
    name: toolName,
    namespace: z.string().nullish(),
    input: z.string(),
  }),
  z.object({ type: z.literal('function_call_output'), call_id: callId, output: contentSchema }),
  z.object({ type: z.literal('custom_tool_call_output'), call_id: callId, output: contentSchema }),
  z.object({ type: z.literal('reasoning'), summary: textsSchema, content: textsSchema }),
  z.object({ type: z.literal('item_reference'), id: z.string() }),
  /** Calls and results of tools that only OpenAI runs. */
  z.object({ type: z.literal('other') }),
]);
export type InputItem = z.infer<typeof knownItemSchema> & {
  /** Of a call: what the provider attached to it. Never from a request. */
  provider_data?: Record<string, unknown> | undefined;
};

const knownTypes = new Set<unknown>(knownItemSchema.options.map(({ shape }) => shape.type.value));

/** A message may leave its type out. */
function toKnown(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  if (!('type' in item) || item.type === null) return 'role' in item ? { ...item, type: 'message' } : item;
  return typeof item.type !== 'string' || knownTypes.has(item.type) ? item : { type: 'other' };
}

/** Text is a message of the user. */
const inputSchema = z.preprocess(
  (input) => (typeof input === 'string' ? [{ role: 'user', content: input }] : (input ?? [])),
  z.array(z.preprocess(toKnown, knownItemSchema)),
);

const formatSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    name: z.string(),
    schema: z.record(z.string(), z.unknown()),
    strict: z.boolean().nullish(),
  }),
]);

export const responsesBodySchema = z.looseObject({
  model: z.string().nullish(),
  input: inputSchema,
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string() })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.looseObject({ format: formatSchema.nullish() }).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  prompt_cache_key: z.string().nullish(),
  previous_response_id: z.unknown().optional(),
  conversation: z.unknown().optional(),
  prompt: z.unknown().optional(),
  background: z.unknown().optional(),
});
export type ResponsesBody = z.infer<typeof responsesBodySchema>;
