import {
  chatRequestSchema,
  chatStartSchema,
  errorBodySchema,
  fallbackTakenSchema,
  retryScheduledSchema,
  usageSchema,
} from '@lightchat/protocol';
import * as z from 'zod';
import {
  IDEMPOTENCY_KEY,
  LAST_EVENT_ID,
  NOTHING_LEFT,
  START_ERRORS,
  type SurfaceDescription,
} from '../../kit/operation.ts';

const tokenSchema = z.object({ token: z.string() });
const reasoningSchema = z.object({ text: z.string() });
const doneSchema = z.object({
  finish_reason: z.string(),
  usage: usageSchema.nullable(),
  run_id: z.string(),
  message_id: z.string(),
});

export const chat: SurfaceDescription = {
  name: 'Chat',
  about:
    'An answer, token by token. What is sent and what comes back is stored in a conversation; closing the connection does not stop the answer.',
  operations: [
    {
      id: 'chat',
      method: 'POST',
      path: '/chat',
      summary: 'Ask, and get the answer as it is written',
      about:
        'Every event has an `id`. A request with the `Last-Event-ID` of an earlier stream goes on with that run and starts nothing; its body is ignored.',
      headers: { ...IDEMPOTENCY_KEY, ...LAST_EVENT_ID },
      body: chatRequestSchema,
      answers: {
        200: {
          about: 'The run, as events. It ends with `done` or `error`.',
          events: {
            start: {
              about: 'At once, before the provider says anything: the run can be stopped.',
              data: chatStartSchema,
            },
            message: { about: 'A piece of the answer. These events have no name.', data: tokenSchema },
            reasoning: { about: 'A piece of what the model thinks before it answers.', data: reasoningSchema },
            progress: {
              about: 'What it waits for while there is no output yet. May be ignored.',
              data: z.object({ state: z.enum(['loading-model', 'waiting']) }),
            },
            retry: {
              about: 'A try failed before any output; the next one follows. May be ignored.',
              data: retryScheduledSchema.pick({ attempt: true, delay_ms: true, error: true }),
            },
            fallback: {
              about: 'The model failed before it said anything; from here on another one answers. May be ignored.',
              data: fallbackTakenSchema.pick({ attempt: true, provider_id: true, model_id: true, error: true }),
            },
            'tool-call': {
              about: 'The model wants a tool called. `arguments` is the JSON text it wrote.',
              data: z.object({ call_id: z.string(), name: z.string(), arguments: z.string() }),
            },
            done: { about: 'The end of a run that was completed or stopped.', data: doneSchema },
            error: { about: 'The end of a run that failed or was interrupted.', data: errorBodySchema },
          },
        },
        204: NOTHING_LEFT,
      },
      errors: START_ERRORS,
      example: { body: { prompt: 'Say hello', provider_id: 'demo' } },
    },
  ],
};
