/** Starts the real server as a child process in folders of its own: the built one, or the sources where nothing is built. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ServerDirs {
  config: string;
  data: string;
  logs: string;
}

export interface StartServerOptions {
  /** Content of settings.yaml. Absent: none, so the server makes its own. */
  settingsYaml?: string;
  /** Added to an environment that holds no LightChat setting and no provider's key. */
  env?: Record<string, string>;
  /** 0, the default: any free one. A restart keeps the port it got. */
  port?: number;
  /** Folders to use, and to leave alone at the end. Absent: new ones, removed by `stop`. */
  dirs?: ServerDirs;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dirs: ServerDirs;
  /** Sends the signal and resolves with exit code and signal when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends the process if there is one (the hard way after 10 s) and removes the folders it was given. */
  stop(): Promise<void>;
  /** Starts again on the same port and folders, after a kill or instead of the running one. */
  restart(): Promise<void>;
  /** Everything written to stderr so far, over all restarts. */
  stderr(): string;
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 10_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist/server/main.mjs');
const source = join(root, 'apps/server/src/main.ts');

/** Resolves when the server has said that it is ready. Rejects with what it wrote when it ends before. */
export async function startServer(options: StartServerOptions = {}): Promise<TestServer> {
  const own = options.dirs ? null : await mkdtemp(join(tmpdir(), 'lightchat-test-'));
  const dirs = options.dirs ?? foldersUnder(own ?? '');
  for (const dir of Object.values(dirs)) await mkdir(dir, { recursive: true });
  if (options.settingsYaml !== undefined) await writeFile(join(dirs.config, 'settings.yaml'), options.settingsYaml);

  let errors = '';
  let port = options.port ?? 0;
  let child: ChildProcess | null = null;

  const launch = async (): Promise<void> => {
    child = spawn(process.execPath, [existsSync(built) ? built : source, '--port', String(port)], {
      cwd: dirs.config,
      env: { ...cleanEnvironment(), ...environmentFor(dirs), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    port = await readyPort(child, () => errors);
  };

  const kill = async (signal: NodeJS.Signals) => {
    if (!child || hasEnded(child)) throw new Error('the server is not running');
    const ended = ending(child);
    child.kill(signal);
    return ended;
  };

  const end = async (): Promise<void> => {
    if (!child || hasEnded(child)) return;
    const running = child;
    const ended = ending(running);
    running.kill('SIGTERM');
    const timer = setTimeout(() => running.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };

  const stop = async (): Promise<void> => {
    await end();
    if (own) await rm(own, { recursive: true, force: true });
  };

  try {
    await launch();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    get pid() {
      return child?.pid ?? -1;
    },
    dirs,
    kill,
    stop,
    async restart() {
      await end();
      await launch();
    },
    stderr: () => errors,
  };
}

function foldersUnder(folder: string): ServerDirs {
  return { config: join(folder, 'config'), data: join(folder, 'data'), logs: join(folder, 'logs') };
}

/** A developer's own settings and keys must not reach the test, and the test not the developer's providers. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^LIGHTCHAT_|_API_KEY$|^(?:DATABASE_URL|REDIS_URL|OLLAMA_HOST)$|^(?:https?|all|no)_proxy$/i.test(name),
  );
  return Object.fromEntries(kept);
}

function environmentFor(dirs: ServerDirs): Record<string, string> {
  return { LIGHTCHAT_CONFIG_DIR: dirs.config, LIGHTCHAT_DATA_DIR: dirs.data, LIGHTCHAT_LOG_DIR: dirs.logs };
}

function readyPort(child: ChildProcess, errors: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server was not ready after ${READY_WITHIN_MS} ms:\n${output}${errors()}`));
    }, READY_WITHIN_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with code ${code} before it was ready:\n${output}${errors()}`));
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const line = output.split('\n').find((each) => each.startsWith('{"ready":true'));
      if (!line) return;
      clearTimeout(timer);
      resolve((JSON.parse(line) as { port: number }).port);
    });
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function ending(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}
