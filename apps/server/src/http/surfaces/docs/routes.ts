/** The API described: /openapi.json for programs, /docs for people. Made when first asked for, and kept. */
import type { FastifyInstance } from 'fastify';
import type { SurfaceDescription } from '../../kit/operation.ts';
import { ORIGIN } from './curl.ts';

export interface DocsContext {
  version: string;
  /** Loads what the surfaces say about themselves. */
  describe(): Promise<readonly SurfaceDescription[]>;
}

export function docsSurface(app: FastifyInstance, { version, describe }: DocsContext): void {
  let made: Promise<{ json: string; page: string }> | undefined;

  async function make() {
    const [surfaces, { describeApi }, { renderPage }] = await Promise.all([
      describe(),
      import('./open-api.ts'),
      import('./page.ts'),
    ]);
    const document = describeApi(surfaces, version);
    return { json: JSON.stringify(document), page: renderPage(document) };
  }

  app.get('/openapi.json', async (_request, reply) => {
    made ??= make();
    const { json } = await made;
    return reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(json);
  });

  app.get('/docs', async (request, reply) => {
    made ??= make();
    const { page } = await made;
    // The lines to copy name the address that the reader came by; the guard has checked it.
    const own = page.replaceAll(ORIGIN, `http://${request.headers.host}`);
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(own);
  });
}
