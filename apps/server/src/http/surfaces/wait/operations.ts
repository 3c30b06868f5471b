import { chatRequestSchema, waitResponseSchema } from '@lightchat/protocol';
import { IDEMPOTENCY_KEY, START_ERRORS, type SurfaceDescription } from '../../kit/operation.ts';

export const wait: SurfaceDescription = {
  name: 'Chat, all at once',
  about: 'For scripts: one request, one answer as JSON. Hanging up does not stop it; it is stored like any other.',
  operations: [
    {
      id: 'chatWait',
      method: 'POST',
      path: '/chat/wait',
      summary: 'Ask, and wait for the whole answer',
      about:
        'An answer that fails in its middle has the status of its error; `details.partial_output` holds what had arrived, beside the ids of the run.',
      headers: IDEMPOTENCY_KEY,
      body: chatRequestSchema,
      answers: { 200: { about: 'The answer.', json: waitResponseSchema } },
      errors: [...START_ERRORS, 'CONTEXT_LENGTH_EXCEEDED', 'STREAM_INTERRUPTED'],
      example: { body: { prompt: 'Say hello', provider_id: 'demo' } },
    },
  ],
};
