/** The whole server inside the test's own process: faster than a child, and its parts can be looked at. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../apps/server/src/compose.ts';

export interface InProcessServer {
  url: string;
  port: number;
  /** Holds settings.yaml and lightchat.db. */
  folder: string;
  /** What was said to the person at the terminal. */
  said: string[];
  stop(): Promise<void>;
}

export async function startInProcess(settingsYaml: string): Promise<InProcessServer> {
  const folder = await mkdtemp(join(tmpdir(), 'lightchat-inside-'));
  await writeFile(join(folder, 'settings.yaml'), settingsYaml);
  const said: string[] = [];
  const lightChat = await compose({
    version: '0.0.0-test',
    folders: { config: folder, data: folder, logs: join(folder, 'logs') },
    env: {},
    pageFolder: join(folder, 'no-page'),
    say: (text) => void said.push(text),
  });
  await lightChat.app.listen({ host: '127.0.0.1', port: 0 });
  const address = lightChat.app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    folder,
    said,
    async stop() {
      await lightChat.stop(0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
