/** What is compared: the upstream itself, the bare byte pipe, and the built product. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverOptions } from '../scripts/kit/server-options.mjs';
import { type Core, type RunningProcess, startProcess } from './child-process.ts';
import type { Dialect } from './stream-client.ts';

export interface Contender {
  name: string;
  pid: number;
  port: number;
  ready_ms: number;
  dialect: Dialect;
  stop(): Promise<void>;
}

const here = import.meta.dirname;
export const builtServer = join(here, '../dist/server/main.mjs');

/** OpenAI's chat completions. */
export const completions: Dialect = {
  path: '/v1/chat/completions',
  body: (model, prompt) => ({
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: prompt }],
  }),
  token: '"content":"',
  done: 'data: [DONE]',
};

const lightchat: Dialect = {
  path: '/chat',
  body: (model_id, prompt) => ({ prompt, provider_id: 'bench', model_id }),
  token: '"token":"',
  done: 'event: done\n',
};

export function startUpstream(): Promise<RunningProcess> {
  return startProcess('load', [join(here, 'upstream.ts')]);
}

export function direct(upstream: RunningProcess): Contender {
  return { ...upstream, name: 'direct', dialect: completions, stop: async () => {} };
}

export async function startRawPipe(upstreamPort: number): Promise<Contender> {
  const running = await startProcess('relay', [join(here, 'raw-pipe.ts'), String(upstreamPort)]);
  return { ...running, name: 'raw-pipe', dialect: completions };
}

export interface Folders {
  data: string;
  env: NodeJS.ProcessEnv;
  remove(): void;
}

/** Fresh folders with a settings.yaml that knows the scripted upstream as its only provider. `limits` are as there. */
export function createFolders(upstreamPort: number, limits: Record<string, number> = {}): Folders {
  const root = mkdtempSync(join(tmpdir(), 'lightchat-bench-'));
  const [config, data, logs] = ['config', 'data', 'logs'].map((name) => join(root, name)) as [string, string, string];
  mkdirSync(config);
  const provider = `{ id: bench, type: openai, host: "http://127.0.0.1:${upstreamPort}/v1", api_key: bench }`;
  const settings = `default_provider: bench\nproviders:\n  - ${provider}\nlimits: ${JSON.stringify(limits)}\n`;
  writeFileSync(join(config, 'settings.yaml'), settings, { mode: 0o600 });
  return {
    data,
    env: {
      NODE_ENV: 'production',
      LIGHTCHAT_HOST: '127.0.0.1',
      LIGHTCHAT_PORT: '0',
      LIGHTCHAT_CONFIG_DIR: config,
      LIGHTCHAT_DATA_DIR: data,
      LIGHTCHAT_LOG_DIR: logs,
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** How the product is started. */
export interface ServerOptions {
  file: string;
  /** Where to leave a CPU profile when it stops. */
  profile_dir?: string | undefined;
}

/** The server with everything on that is on for a user: durable log, JSONL log, all checks. */
export async function startLightChat(
  folders: Folders,
  options: ServerOptions,
  core: Core = 'relay',
): Promise<Contender> {
  const { file, profile_dir } = options;
  const profile = profile_dir ? ['--enable-source-maps', '--cpu-prof', `--cpu-prof-dir=${profile_dir}`] : [];
  const running = await startProcess(core, [...serverOptions, ...profile, file], folders.env);
  return { ...running, name: 'lightchat', dialect: lightchat };
}
