/** The API described: /openapi.json for programs, /docs for people. Made when first asked for, and kept. */
import type { FastifyInstance } from 'fastify';
import { ORIGIN } from './curl.ts';

export interface DocsContext {
  /** The OpenAPI document as JSON, and the page made of it. */
  describe(): Promise<{ json: string; page: string }>;
}

export function docsSurface(app: FastifyInstance, { describe }: DocsContext): void {
  let described: ReturnType<typeof describe> | undefined;
  const once = () => {
    described ??= describe();
    return described;
  };

  app.get('/openapi.json', async (_request, reply) => {
    const { json } = await once();
    return reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(json);
  });

  app.get('/docs', async (request, reply) => {
    const { page } = await once();
    // The lines to copy name the address that the reader came by; the guard has checked it.
    const own = page.replaceAll(ORIGIN, `http://${request.headers.host}`);
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(own);
  });
}
