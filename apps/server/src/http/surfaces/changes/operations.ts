import { changeSchema } from '@lightchat/protocol';
import type { SurfaceDescription } from '../../kit/operation.ts';

export const changes: SurfaceDescription = {
  name: 'Changes',
  about: 'For pages that keep lists: a hint that one of them is stale.',
  operations: [
    {
      id: 'followChanges',
      method: 'GET',
      path: '/api/changes',
      summary: 'Be told when something changed',
      about: 'A hint, not a log: nothing is sent again. Whoever connects anew fetches its lists anew.',
      answers: {
        200: {
          about: 'Changes, for as long as the connection lasts.',
          events: { change: { about: 'Something changed.', data: changeSchema } },
        },
      },
    },
  ],
};
