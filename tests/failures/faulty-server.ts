/** A server in which a test lets single operations fail, in front of an upstream that does not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startServer, type TestServer } from '../server/start-server.ts';
import { startUpstream, type Upstream } from '../upstream/index.ts';
import type { Armed, Outcome } from './preload.ts';

export interface FaultyServer {
  server: TestServer;
  upstream: Upstream;
  arm(what: Armed): Promise<void>;
  disarm(): Promise<Outcome>;
  stop(): Promise<void>;
}

export async function startFaultyServer(): Promise<FaultyServer> {
  const upstream = await startUpstream();
  const folder = await mkdtemp(join(tmpdir(), 'lightchat-line-'));
  const socket = join(folder, 'line');
  const preload = pathToFileURL(join(import.meta.dirname, 'preload.ts'));
  const server = await startServer({
    settingsYaml: `# Written by hand.
retry: { attempts: 1, delay_ms: 10 }
providers:
  - { id: up, type: openai, host: "${upstream.openai_url}" }
`,
    env: { NODE_OPTIONS: `--import ${preload}`, FAILURES_SOCKET: socket },
  }).catch(async (fault: unknown) => {
    await upstream.close();
    throw fault;
  });
  return {
    server,
    upstream,
    arm: async (what) => void (await tell(socket, what)),
    disarm: () => tell(socket, {}),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      await upstream.close();
    },
  };
}

function tell(socketPath: string, what: Partial<Armed>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: 'POST' }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve(JSON.parse(text) as Outcome));
    });
    call.on('error', reject);
    call.end(JSON.stringify(what));
  });
}
