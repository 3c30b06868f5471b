import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const BUILD_FIRST = 'The page has not been built. Run "npm run build" and reload.\n';

/** Serves the built page. Hashed files may be kept for ever; the document that names them is asked for anew. */
export async function pageSurface(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', (_request, reply) => reply.status(503).type('text/plain; charset=utf-8').send(BUILD_FIRST));
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const isHashed = path.includes(`${folder}/assets/`) || path.includes(`${folder}\\assets\\`);
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.get('/', (_request, reply) => reply.sendFile('index.html'));
  app.get('/c/:conversation_id', (_request, reply) => reply.sendFile('index.html'));
}
