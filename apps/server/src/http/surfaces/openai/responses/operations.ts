import * as z from 'zod';
import type { SurfaceDescription } from '../../../kit/operation.ts';
import { responsesBodySchema } from './request-body.ts';

const response = z.looseObject({
  id: z.string(),
  object: z.literal('response'),
  status: z.enum(['in_progress', 'completed', 'incomplete', 'failed']),
  model: z.string(),
  output: z.array(z.looseObject({ type: z.string(), id: z.string() })),
  usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int(), total_tokens: z.int() }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
const lifecycle = z.object({ type: z.string(), sequence_number: z.int(), response });
const delta = z.looseObject({ item_id: z.string(), output_index: z.int(), delta: z.string() });

const error = z.object({
  error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string().nullable() }),
});

export const responses: SurfaceDescription = {
  name: 'OpenAI Responses',
  about: 'For Codex, the Agents SDK and the AI SDK. Nothing is kept: every request brings the whole conversation.',
  error,
  operations: [
    {
      id: 'createResponse',
      method: 'POST',
      path: '/v1/responses',
      summary: 'Answer a conversation, as OpenAI does',
      about:
        'With `stream: true` the answer comes as events, the whole set of OpenAI. An error before the first output has its HTTP status; later ones are the events `error` and `response.failed`. Hanging up stops the answer.',
      body: responsesBodySchema,
      answers: {
        200: {
          about: 'The response, or its events.',
          json: response,
          events: {
            'response.created': { about: 'The first event; `response.in_progress` follows.', data: lifecycle },
            'response.output_text.delta': { about: 'A piece of the answer.', data: delta },
            'response.reasoning_summary_text.delta': { about: 'A piece of what the model thinks.', data: delta },
            'response.completed': {
              about: 'The last event, with the whole output. Otherwise `response.incomplete` or `response.failed`.',
              data: lifecycle,
            },
          },
        },
      },
      errors: [
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
      ],
      example: { body: { model: 'demo', input: 'Say hello' } },
    },
  ],
};
