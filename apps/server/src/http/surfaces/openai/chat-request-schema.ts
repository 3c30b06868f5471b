/**
 * The body of `POST /v1/chat/completions`, as far as it changes the answer; fields that are not named here are ignored.
 * Source: the request type of OpenAI's SDKs (https://platform.openai.com/docs/api-reference/chat/create).
 */
import * as z from 'zod';
import { messageSchema } from './message-schema.ts';

/** The only number of answers there is. */
const one = z.literal(1, 'only one answer can be asked for at a time').nullish();

/** -1 is how some clients say "no limit". */
const tokenLimit = z.union([z.literal(-1), z.int().positive()]).nullish();

const tool = z
  .looseObject({ type: z.string(), function: z.looseObject({ name: z.string().min(1).max(256) }).optional() })
  .refine(({ type, function: called }) => type !== 'function' || called, {
    path: ['function'],
    message: 'a tool of type "function" needs one',
  });

const toolChoice = z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string() })]);

const responseFormat = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      json_schema: z.object({
        name: z.string().min(1).max(256),
        schema: z.record(z.string(), z.unknown()).nullish(),
        strict: z.boolean().nullish(),
      }),
    }),
  ],
  { error: 'expected "text", "json_object" or "json_schema"' },
);

/** Gone for long; leaving them out silently would answer another question than was asked. */
const replacedByTools = z
  .union([z.null(), z.array(z.unknown()).max(0)], 'functions are tools now: send tools')
  .optional();

export const modelSchema = z.string('name a model').min(1, 'name a model').max(600);

export const chatRequestSchema = z.object({
  model: modelSchema,
  messages: z.array(messageSchema).min(1, 'at least one message is needed'),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  seed: z.int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  n: one,
  functions: replacedByTools,
});

export type ChatRequest = z.output<typeof chatRequestSchema>;
