import * as z from 'zod';
import type { SurfaceDescription } from '../../kit/operation.ts';
import { chatRequestSchema } from './chat-request-schema.ts';
import { embeddingsRequestSchema } from './embeddings.ts';

const error = z.object({
  error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string().nullable() }),
});
const usage = z.looseObject({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() });
const toolCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
const said = z.object({
  role: z.literal('assistant').optional(),
  content: z.string().nullish(),
  reasoning_content: z.string().optional(),
  reasoning: z.string().optional(),
});
const finishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter']);
const about = { id: z.string(), created: z.int(), model: z.string() };

const completion = z.object({
  ...about,
  object: z.literal('chat.completion'),
  choices: z.array(
    z.object({
      index: z.int(),
      message: said.extend({ tool_calls: z.array(toolCall).optional() }),
      finish_reason: finishReason,
    }),
  ),
  usage,
});
const chunk = z.object({
  ...about,
  object: z.literal('chat.completion.chunk'),
  choices: z.array(
    z.object({
      index: z.int(),
      delta: said.extend({ tool_calls: z.array(toolCall.extend({ index: z.int() })).optional() }),
      finish_reason: finishReason.nullable(),
    }),
  ),
  usage: usage.optional(),
});
const model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
  type: z.literal('model'),
  display_name: z.string(),
  created_at: z.string(),
  context_length: z.int().optional(),
  capabilities: z.array(z.string()).optional(),
});
const modelList = z.object({
  object: z.literal('list'),
  data: z.array(model),
  has_more: z.boolean(),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
});
const embeddingList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ object: z.literal('embedding'), index: z.int(), embedding: z.array(z.number()) })),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

const LETTERS = { 'x-lightchat-case': '`camel`: answer in camelCase, whatever the request is written in.' };
const MODEL_ERRORS = [
  'PROVIDER_NOT_FOUND',
  'MODEL_NOT_FOUND',
  'RATE_LIMITED',
  'CONTEXT_LENGTH_EXCEEDED',
  'PROVIDER_UNREACHABLE',
  'PROVIDER_UNAUTHORIZED',
  'PROVIDER_ERROR',
  'PROVIDER_TIMEOUT',
  'STREAM_INTERRUPTED',
  'SHUTTING_DOWN',
] as const;

export const openai: SurfaceDescription = {
  name: 'OpenAI',
  about:
    'For every client of OpenAI: its address is this server with /v1, its key anything. Models are named `provider_id/model_id`; the bare id of a model does where only one provider has it, and otherwise means that of the default provider. Nothing is stored.',
  error,
  schemas: { Completion: completion, CompletionChunk: chunk, OpenAIModel: model },
  operations: [
    {
      id: 'createChatCompletion',
      method: 'POST',
      path: '/v1/chat/completions',
      summary: 'Answer a conversation, whole or in chunks',
      about:
        'Fields that are not named here are ignored. A request with fields in camelCase (`topP`) is answered in camelCase. In a stream, an error before the first output has its HTTP status; a later one is a chunk with `error`, before the end mark `[DONE]`. Hanging up stops the answer.',
      headers: {
        ...LETTERS,
        'x-lightchat-resume':
          '`true`: a streamed answer outlives its connection, and the rest of it can be had until a minute after its end.',
        'last-event-id':
          'The `id` of the last event received of such an answer: the answer is everything after it. The body is ignored.',
      },
      body: chatRequestSchema,
      answers: {
        200: {
          about: 'The completion, or its chunks and the end mark `[DONE]`.',
          json: completion,
          events: { message: { about: 'The next piece. The first one has only the role.', data: chunk } },
        },
        204: { about: 'Nothing is left of the answer that was asked to be resumed.' },
      },
      errors: ['NOT_FOUND', ...MODEL_ERRORS],
      example: { body: { model: 'demo/demo', messages: [{ role: 'user', content: 'Say hello' }], stream: true } },
    },
    {
      id: 'listGatewayModels',
      method: 'GET',
      path: '/v1/models',
      summary: 'List the models of every provider that answers',
      about: "Each has the fields of OpenAI's list and of Anthropic's.",
      headers: LETTERS,
      answers: { 200: { about: 'The models.', json: modelList } },
    },
    {
      id: 'getGatewayModel',
      method: 'GET',
      path: '/v1/models/*',
      summary: 'Look up one model by its id',
      params: { id: 'As the list has it, slashes and colons and all.' },
      headers: LETTERS,
      answers: { 200: { about: 'The model.', json: model } },
      errors: ['MODEL_NOT_FOUND'],
      example: { path: '/v1/models/demo/demo' },
    },
    {
      id: 'createEmbeddings',
      method: 'POST',
      path: '/v1/embeddings',
      summary: 'Turn texts into vectors',
      headers: LETTERS,
      body: embeddingsRequestSchema,
      answers: { 200: { about: 'One vector of numbers for each text, in order.', json: embeddingList } },
      errors: MODEL_ERRORS,
      example: { body: { model: 'ollama/nomic-embed-text', input: 'Hello' } },
    },
  ],
};
