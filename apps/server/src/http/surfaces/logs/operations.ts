import { logEntrySchema, logsQuerySchema } from '@lightchat/protocol';
import * as z from 'zod';
import type { SurfaceDescription } from '../../kit/operation.ts';

export const logs: SurfaceDescription = {
  name: 'Log',
  about: 'What was asked, answered and went wrong, as it stands in the log folder.',
  operations: [
    {
      id: 'getLogs',
      method: 'GET',
      path: '/logs',
      summary: 'Read the end of the newest log',
      query: logsQuerySchema,
      answers: {
        200: {
          about: 'Entries, oldest first. `file` is null when there is no log yet.',
          json: z.object({
            dir: z.string(),
            file: z.string().nullable(),
            entries: z.array(logEntrySchema),
            enabled: z.literal(false).optional().describe('Present while logging is turned off.'),
          }),
        },
      },
      example: { path: '/logs?limit=20' },
    },
  ],
};
