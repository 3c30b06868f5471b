import { healthSchema } from '@lightchat/protocol';
import * as z from 'zod';
import type { SurfaceDescription } from '../../kit/operation.ts';

const ready = z.object({ status: z.enum(['ready', 'draining']) });

export const health: SurfaceDescription = {
  name: 'Health',
  about: 'For whoever starts and watches the server. Neither route asks a provider or the disk.',
  operations: [
    {
      id: 'getHealth',
      method: 'GET',
      path: '/health',
      summary: 'Is it alive?',
      answers: { 200: { about: 'It is.', json: healthSchema } },
    },
    {
      id: 'getReady',
      method: 'GET',
      path: '/ready',
      summary: 'Does it take new runs?',
      answers: {
        200: { about: 'It does.', json: ready },
        503: { about: 'It lets the last answers finish before it stops.', json: ready },
      },
    },
  ],
};
