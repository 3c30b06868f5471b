import { usageQuerySchema, usageSummarySchema } from '@lightchat/protocol';
import type { SurfaceDescription } from '../../kit/operation.ts';

export const usage: SurfaceDescription = {
  name: 'Usage',
  about: 'What answers used: tokens, times and failures. It outlives deleted conversations and holds no text.',
  operations: [
    {
      id: 'getUsage',
      method: 'GET',
      path: '/usage',
      summary: 'Add up what was used',
      about:
        'Counts every answer by the UTC day on which it ended: those of conversations and those of programs. At most 366 days at once.',
      query: usageQuerySchema,
      answers: { 200: { about: 'The sums.', json: usageSummarySchema } },
      errors: ['STORAGE_BUSY'],
      example: { path: '/usage?by=day,model' },
    },
  ],
};
