/** A real Ollama with a home and models of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { until } from './until.ts';

export interface Ollama {
  /** Fixed from the beginning, also while nothing listens there. */
  readonly url: string;
  start(): Promise<void>;
  /** Makes a model from GGUF bytes; `thinking` gives it a template that knows of thoughts. */
  create(name: string, gguf: Buffer, thinking?: boolean): Promise<void>;
  /** Ends the server and the engines it started, the hard way. */
  kill(): Promise<void>;
  /** Ends it and removes its folder. */
  dispose(): Promise<void>;
}

/** Reserves an address; nothing listens there until `start`. */
export async function createOllama(): Promise<Ollama> {
  const program = findOllama();
  const home = await mkdtemp(join(tmpdir(), 'lightchat-ollama-'));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  let child: ChildProcess | undefined;
  let output = '';

  async function start(): Promise<void> {
    child = spawn(program, ['serve'], {
      cwd: home,
      // A group of its own, because its engines are further processes.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: home,
        OLLAMA_HOST: address,
        OLLAMA_MODELS: join(home, 'models'),
        OLLAMA_NUM_PARALLEL: '1',
        OLLAMA_CONTEXT_LENGTH: '4096',
        OLLAMA_NO_CLOUD: '1',
        OLLAMA_NOHISTORY: '1',
        OLLAMA_NOPRUNE: '1',
      },
    });
    const note = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', note);
    child.stderr?.on('data', note);
    await until(
      'Ollama answers',
      async () => (await fetch(`${url}/api/version`)).ok,
      () => output,
    );
  }

  async function create(name: string, gguf: Buffer, thinking = false): Promise<void> {
    const digest = `sha256:${createHash('sha256').update(gguf).digest('hex')}`;
    await accepted(await fetch(`${url}/api/blobs/${digest}`, { method: 'POST', body: new Uint8Array(gguf) }));
    const body = {
      model: name,
      files: { 'model.gguf': digest },
      template: template(thinking),
      // More threads than free cores make a small engine a hundred times slower.
      parameters: { num_thread: 1 },
      stream: false,
    };
    await accepted(await fetch(`${url}/api/create`, { method: 'POST', body: JSON.stringify(body) }));
  }

  async function kill(): Promise<void> {
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }

  async function dispose(): Promise<void> {
    await kill();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }

  return { url, start, create, kill, dispose };
}

/** Ends with the line feed after which a toy model begins to speak. */
function template(thinking: boolean): string {
  const thoughts = thinking ? '{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}' : '';
  return (
    `{{ range .Messages }}<|im_start|>{{ .Role }}\n${thoughts}{{ .Content }}<|im_end|>\n{{ end }}` +
    '<|im_start|>assistant\n'
  );
}

async function accepted(response: Response): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`Ollama answered ${response.status}: ${text}`);
}

function findOllama(): string {
  const cache =
    process.env.LIGHTCHAT_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lightchat');
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'ollama'));
  const places = [process.env.LIGHTCHAT_TEST_OLLAMA, join(cache, 'bin/ollama-v0.24.0'), ...onPath];
  const found = places.find((path) => path !== undefined && existsSync(path));
  if (found) return found;
  throw new Error('No Ollama is on this machine. .ci/build-ollama builds one; LIGHTCHAT_TEST_OLLAMA names another.');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
