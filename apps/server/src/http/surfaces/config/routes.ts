// GET /config and PUT /config: settings.yaml as JSON, secrets masked.
import { AppError, type Settings } from '@lightchat/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** A settings document is never near this; what is larger is refused before it is read. */
const MOST_BYTES = 1_048_576;

interface ConfigDocument {
  body: Settings;
  etag: string;
}

/** What this surface needs of the settings store. */
export interface ConfigSource {
  document(): ConfigDocument;
  put(body: unknown, ifMatch?: string): Promise<ConfigDocument>;
}

/** Adds the routes. `PUT` honours `If-Match`; every answer with a document carries its `ETag`. */
export function configSurface(app: FastifyInstance, deps: { settings: ConfigSource }): void {
  app.get('/config', async (_, reply) => answer(reply, deps.settings.document()));

  app.put('/config', {
    onRequest: async (request) => {
      if (Number(request.headers['content-length'] ?? 0) <= MOST_BYTES) return;
      throw new AppError('INVALID_REQUEST', `A settings document has at most ${MOST_BYTES} bytes.`, {
        details: { issues: [{ path: '', message: `larger than ${MOST_BYTES} bytes` }] },
      });
    },
    handler: async (request, reply) =>
      answer(reply, await deps.settings.put(request.body, request.headers['if-match'])),
  });
}

function answer(reply: FastifyReply, { body, etag }: ConfigDocument): Settings {
  reply.header('etag', etag).header('cache-control', 'no-store');
  return body;
}
