import { chatStartSchema, errorBodySchema, streamingRequestSchema, usageSchema } from '@lightchat/protocol';
import * as z from 'zod';
import {
  type Answer,
  LAST_EVENT_ID,
  NOTHING_LEFT,
  type Operation,
  START_ERRORS,
  type SurfaceDescription,
} from '../../kit/operation.ts';

const stream: Answer = {
  about: 'The run, as events. It ends with `done` or `error`.',
  events: {
    start: { about: 'At once, before the provider says anything.', data: chatStartSchema },
    token: {
      about: 'A piece of the answer. `index` counts from 0 without a gap.',
      data: z.object({ index: z.number().int().nonnegative(), token: z.string() }),
    },
    reasoning: { about: 'A piece of what the model thinks before it answers.', data: z.object({ text: z.string() }) },
    done: {
      about: 'The end of a run that was completed or stopped, with the whole answer.',
      data: z.object({
        final_output: z.string(),
        total_tokens: z.number().int().nonnegative(),
        finish_reason: z.string(),
        usage: usageSchema.nullable(),
      }),
    },
    error: { about: 'The end of a run that failed or was interrupted.', data: errorBodySchema },
  },
};

const both = {
  headers: LAST_EVENT_ID,
  answers: { 200: stream, 204: NOTHING_LEFT },
  errors: START_ERRORS,
} satisfies Partial<Operation>;

export const streaming: SurfaceDescription = {
  name: 'Chat, by EventSource',
  about:
    'For browsers, whose EventSource can only GET and reconnects by itself: with the same address it joins the same run and goes on where it was.',
  operations: [
    {
      id: 'chatStreaming',
      method: 'GET',
      path: '/chat/streaming',
      summary: 'Ask, or go on with an answer, by EventSource',
      about:
        'A GET that starts something, so requests from other sites are refused. After a cut, ask again with the same `stream_id` and either `Last-Event-ID` (EventSource sends it by itself) or `from`.',
      query: streamingRequestSchema,
      ...both,
      example: { path: '/chat/streaming?message=Say+hello&provider_id=demo&stream_id=my-stream' },
    },
    {
      id: 'chatStreamingPost',
      method: 'POST',
      path: '/chat/streaming',
      summary: 'The same, with the request as JSON',
      body: streamingRequestSchema,
      ...both,
      example: { body: { message: 'Say hello', provider_id: 'demo' } },
    },
  ],
};
