/** The program itself: options, environment, folders, what it prints, how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closedPort } from '../upstream/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist/server/main.mjs');
const program = existsSync(built) ? built : join(root, 'apps/server/src/main.ts');

let home: string;
const running = new Set<ChildProcess>();
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lightchat-commands-'));
});
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
  }
  await rm(home, { recursive: true, force: true });
});

interface Program {
  child: ChildProcess;
  output(): { stdout: string; stderr: string };
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** The line that says so, parsed. */
  ready(): Promise<{ ready: boolean; port: number; pid: number; version: string }>;
}

/** Runs the program in an empty home, and in a folder where a `.env` may lie. */
function lightchat(args: string[], env: Record<string, string> = {}, cwd = home): Program {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.stderr += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, ...said });
    }),
  );
  const ready = async () => {
    const line = new Promise<void>((resolve) => {
      child.stdout.on('data', () => {
        if (said.stdout.includes('\n')) resolve();
      });
    });
    await Promise.race([line, ended.then(({ stderr }) => Promise.reject(new Error(`ended before: ${stderr}`)))]);
    return JSON.parse(said.stdout);
  };
  return { child, output: () => said, ended, ready };
}

const anyPort = { LIGHTCHAT_PORT: '0' };

describe('a start', () => {
  it('[LC-001] prints one line of JSON on stdout and nothing else there, then serves, and SIGTERM ends it with 0', async () => {
    const started = lightchat(['--port', '0']);
    const ready = await started.ready();
    expect(ready).toEqual({
      ready: true,
      port: expect.any(Number),
      pid: started.child.pid,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(ready.port).toBeGreaterThan(0);
    const health = await fetch(`http://127.0.0.1:${ready.port}/health`);
    expect(await health.json()).toMatchObject({ status: 'ok' });
    started.child.kill('SIGTERM');
    const { code, stdout, stderr } = await started.ended;
    expect({ code, lines: stdout.split('\n') }).toEqual({ code: 0, lines: [expect.stringMatching(/^\{.*\}$/), ''] });
    expect(stderr).toContain(`http://127.0.0.1:${ready.port}`);
  });

  it.runIf(process.platform === 'linux')('[LC-009] uses the folders of the operating system', async () => {
    const started = lightchat([], anyPort);
    const { port } = await started.ready();
    expect(await readFile(join(home, '.config/LightChat/settings.yaml'), 'utf8')).toContain('providers:');
    expect(await readdir(join(home, '.local/share/LightChat'))).not.toEqual([]);
    const logs = await (await fetch(`http://127.0.0.1:${port}/logs`)).json();
    expect(logs).toMatchObject({ dir: join(home, '.local/state/LightChat/logs') });
  });

  it('[LC-001] takes its folders from the environment, and rather from flags', async () => {
    const [given, other] = [join(home, 'given'), join(home, 'other')];
    const started = lightchat(['--data-dir', join(other, 'data'), '--log-dir', join(other, 'logs')], {
      ...anyPort,
      LIGHTCHAT_CONFIG_DIR: join(given, 'config'),
      LIGHTCHAT_DATA_DIR: join(given, 'data'),
      LIGHTCHAT_LOG_DIR: join(given, 'logs'),
    });
    const { port } = await started.ready();
    expect(await readdir(join(given, 'config'))).toContain('settings.yaml');
    expect(await readdir(join(other, 'data'))).not.toEqual([]);
    expect(existsSync(join(given, 'data'))).toBe(false);
    const logs = await (await fetch(`http://127.0.0.1:${port}/logs`)).json();
    expect(logs).toMatchObject({ dir: join(other, 'logs') });
    expect(existsSync(join(home, '.config'))).toBe(false);
  });

  it('[CW-6] reads a .env beside it; the environment beats that, and flags beat both', async () => {
    const beside = join(home, 'beside');
    await mkdir(beside);
    const ports = [await closedPort(), await closedPort(), await closedPort()];
    await writeFile(
      join(beside, '.env'),
      `LIGHTCHAT_PORT=${ports[0]}\nLIGHTCHAT_CONFIG_DIR=${join(home, 'from-env')}\n`,
    );
    for (const [args, env, port] of [
      [[], {}, ports[0]],
      [[], { LIGHTCHAT_PORT: String(ports[1]) }, ports[1]],
      [['--port', String(ports[2])], { LIGHTCHAT_PORT: String(ports[1]) }, ports[2]],
    ] as const) {
      const started = lightchat([...args], env, beside);
      expect((await started.ready()).port).toBe(port);
      started.child.kill('SIGTERM');
      expect((await started.ended).code).toBe(0);
    }
    expect(await readdir(join(home, 'from-env'))).toContain('settings.yaml');
  });

  it('[CW-6] expands a key in the settings from a .env', async () => {
    await writeFile(join(home, '.env'), 'LIGHTCHAT_PORT=0\nMY_HOST=http://127.0.0.1:9/v1\n');
    await mkdir(join(home, '.config/LightChat'), { recursive: true });
    const settings = `providers:\n  - { id: mine, type: openai, host: "\${MY_HOST}" }\n`;
    await writeFile(join(home, '.config/LightChat/settings.yaml'), settings);
    const { port } = await lightchat([]).ready();
    const answer = await (await fetch(`http://127.0.0.1:${port}/models/mine`)).json();
    expect(answer).toMatchObject({
      error_code: 'PROVIDER_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:9'),
    });
  });
});

describe('options', () => {
  it('[LC-001] --help prints all of them and the variables, on stdout, and starts nothing', async () => {
    const { code, stdout } = await lightchat(['--help']).ended;
    expect(code).toBe(0);
    for (const option of ['--host', '--port', '--config-dir', '--data-dir', '--log-dir', '--help']) {
      expect(stdout).toContain(option);
    }
    for (const name of ['HOST', 'PORT', 'CONFIG_DIR', 'DATA_DIR', 'LOG_DIR']) {
      expect(stdout).toContain(`LIGHTCHAT_${name}`);
    }
    expect(stdout).toContain('lightchat');
    expect(await readdir(home)).toEqual([]);
  });

  it.each([
    ['another address than this machine', ['--host', '0.0.0.0'], {}],
    ['another address in the environment', [], { LIGHTCHAT_HOST: '192.168.0.1' }],
    ['a port that is none', ['--port', 'eighty'], {}],
    ['an option that is none', ['--prot', '1'], {}],
    ['a server mode that it does not have', [], { LIGHTCHAT_AUTH: 'server' }],
    ['a database that it does not have', [], { DATABASE_URL: 'postgres://127.0.0.1/x' }],
  ])('[L1] %s is refused with a sentence', async (_, args, env) => {
    const { code, stdout, stderr } = await lightchat(args, { ...anyPort, ...env }).ended;
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/\w+ .{20}/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('[LC-001] a port that is taken is refused with a sentence that names it', async () => {
    const { port } = await lightchat([], { ...anyPort, LIGHTCHAT_DATA_DIR: join(home, 'one') }).ready();
    const second = lightchat(['--port', String(port)], { LIGHTCHAT_DATA_DIR: join(home, 'two') });
    const { code, stderr } = await second.ended;
    expect(code).not.toBe(0);
    expect(stderr).toContain(String(port));
  });
});
