/** Starts the processes of a benchmark, each on the core it belongs to, and stops them again. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** `load` holds upstream and client, `relay` the contender. Pinned when there is taskset and a second core. */
export type Core = 'load' | 'relay' | 'any';

export interface RunningProcess {
  pid: number;
  port: number;
  /** Milliseconds from spawn to the ready line. */
  ready_ms: number;
  stop(): Promise<void>;
}

export const pinning = availableParallelism() > 1 && pinSelf();

function pinSelf(): boolean {
  try {
    execFileSync('taskset', ['-a', '-pc', '0', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function command(core: Core, args: string[]): [string, string[]] {
  if (!pinning) return [process.execPath, args];
  const cores = { load: '0', relay: '1', any: `0-${availableParallelism() - 1}` }[core];
  return ['taskset', ['-c', cores, process.execPath, ...args]];
}

function ended(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Stops it gently first: a profile is only written by a process that ends by itself. */
async function stop(child: ChildProcess): Promise<void> {
  const gone = ended(child);
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs `node <args>` and resolves when it prints its ready line; rejects with what it said when it ends first. */
export function startProcess(core: Core, args: string[], env: NodeJS.ProcessEnv = {}): Promise<RunningProcess> {
  const [file, argv] = command(core, args);
  const spawned = performance.now();
  const child = spawn(file, argv, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stderr.on('data', (bytes) => {
      errors = (errors + bytes).slice(-4000);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code} before it was ready:\n${errors}`)));
    child.stdout.on('data', (bytes) => {
      output = (output + bytes).slice(-4000);
      const line = output.split('\n').find((text) => text.startsWith('{"ready":true'));
      if (!line?.endsWith('}')) return;
      const ready_ms = performance.now() - spawned;
      const { port } = JSON.parse(line) as { port: number };
      child.stdout.removeAllListeners('data').resume();
      resolve({ pid: child.pid ?? 0, port, ready_ms, stop: () => stop(child) });
    });
  });
}
