/** A server that answers every `/api/chat` with recorded bytes; the model id is the recording's file name. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const folder = new URL('../../../apps/server/src/providers/ollama/__fixtures__/', import.meta.url);

/** File names of what real Ollama servers have answered. */
export const recordings = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));

export interface Player {
  readonly url: string;
  close(): Promise<void>;
}

export async function startPlayer(): Promise<Player> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const name = /"model":"([\w.-]+\.ndjson)"/.exec(body)?.[1];
      response.writeHead(name ? 200 : 404, { 'content-type': name ? 'application/x-ndjson' : 'application/json' });
      response.end(name ? readFileSync(new URL(name, folder)) : '{"error":"not recorded"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
