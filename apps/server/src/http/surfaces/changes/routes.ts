import type { Change } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import { LOCAL_OWNER, type SurfaceContext } from '../../kit/context.ts';
import { openSse, sseEvent } from '../../kit/sse.ts';

export interface ChangesContext extends SurfaceContext {
  /** Calls back for every change of the owner's things, until the returned function is called. */
  subscribe(owner: string, listener: (change: Change) => void): () => void;
}

/**
 * `GET /api/changes`: tells a page that its lists are stale. A hint, not a log: whoever connects anew
 * fetches its lists anew.
 */
export function changesSurface(app: FastifyInstance, { subscribe, limits }: ChangesContext): void {
  app.get('/api/changes', { exposeHeadRoute: false }, (_request, reply) => {
    const stream = openSse(reply, limits());
    void stream.write('retry: 1000\n\n');
    const leave = subscribe(LOCAL_OWNER, (change) => {
      void stream.write(sseEvent({ event: 'change', data: JSON.stringify(change) }));
    });
    stream.signal.addEventListener('abort', leave, { once: true });
  });
}
