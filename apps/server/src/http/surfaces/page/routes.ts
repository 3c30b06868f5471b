import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptsEncoding } from './accepts-encoding.ts';

const BUILD_FIRST = 'The page has not been built. Run "npm run build" and reload.\n';
/** Suffixes of the smaller files that lie beside a file, the smallest first. */
const SMALLER = [
  { suffix: '.br', encoding: 'br' },
  { suffix: '.gz', encoding: 'gzip' },
] as const;

/** Serves the built page: exactly the files that are there now, each at its own route. */
export function pageSurface(app: FastifyInstance, folder: string): void {
  const files = new Set(filesIn(folder));
  if (!files.has('index.html')) {
    app.get('/', (_request, reply) => reply.status(503).type('text/plain; charset=utf-8').send(BUILD_FIRST));
    return;
  }
  const send = (name: string) => (request: FastifyRequest, reply: FastifyReply) =>
    sendFile(request, reply, { folder, files, name });
  for (const name of files) if (!SMALLER.some(({ suffix }) => name.endsWith(suffix))) app.get(`/${name}`, send(name));
  app.get('/', send('index.html'));
  app.get('/c/:conversation_id', send('index.html'));
}

/** Paths with slashes, relative to the folder; none when it does not exist. */
function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return paths.map((path) => relative(folder, path).split(sep).join('/'));
  } catch {
    return [];
  }
}

/** Hashed files may be kept for ever; the document that names them is asked for anew. */
async function sendFile(
  { raw, headers: asked }: FastifyRequest,
  reply: FastifyReply,
  { folder, files, name }: { folder: string; files: ReadonlySet<string>; name: string },
): Promise<FastifyReply> {
  // The first request for the page pays for loading this, and not every start of the server.
  const { default: send } = await import('@fastify/send');
  const smaller = SMALLER.find(
    ({ suffix, encoding }) => files.has(name + suffix) && acceptsEncoding(asked['accept-encoding'], encoding),
  );
  const path = `/${encodeURI(name + (smaller?.suffix ?? ''))}`;
  const sent = await send(raw, path, { root: folder, cacheControl: false, contentType: false, index: false });
  if (sent.type === 'error') throw sent.metadata.error;
  const type = send.mime.getType(name) ?? 'application/octet-stream';
  const isText = /^text\/|javascript|json|svg/.test(type);
  reply.headers(sent.headers).header('content-type', isText ? `${type}; charset=utf-8` : type);
  reply.header('cache-control', name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  reply.header('vary', 'accept-encoding');
  if (smaller) reply.header('content-encoding', smaller.encoding);
  return reply.status(sent.statusCode).send(sent.stream);
}
