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
  /** The full path of the settings file. */
  readonly file: string;
  document(): ConfigDocument;
  put(body: unknown, ifMatch?: string): Promise<ConfigDocument>;
}

/**
 * Adds the routes. `PUT` honours `If-Match`; every answer with a document carries its `ETag` and says where the file is:
 * in a header, as the document itself is what may be sent back.
 */
export function configSurface(app: FastifyInstance, deps: { settings: ConfigSource }): void {
  const path = encodeURI(deps.settings.file);
  app.get('/config', async (_, reply) => answer(reply, deps.settings.document(), path));

  app.put('/config', {
    onRequest: async (request) => {
      if (Number(request.headers['content-length'] ?? 0) <= MOST_BYTES) return;
      throw new AppError('INVALID_REQUEST', `A settings document has at most ${MOST_BYTES} bytes.`, {
        details: { issues: [{ path: '', message: `larger than ${MOST_BYTES} bytes` }] },
      });
    },
    handler: async (request, reply) =>
      answer(reply, await deps.settings.put(request.body, request.headers['if-match']), path),
  });
}

function answer(reply: FastifyReply, { body, etag }: ConfigDocument, path: string): Settings {
  reply.header('etag', etag).header('cache-control', 'no-store').header('x-lightchat-config-path', path);
  return body;
}
