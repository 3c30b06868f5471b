/** Clients that are programs of their own, where they are installed. Each runs in a home of its own, with a time limit. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Home {
  readonly folder: string;
  remove(): Promise<void>;
}

export interface Outcome {
  /** null when it had to be killed. */
  code: number | null;
  /** One value a line; other lines are left out. */
  lines: Record<string, unknown>[];
  /** Everything it wrote, for a message. */
  output: string;
}

/** The file that `variable` names, or the program of this name on the path. Says so in one loud line when there is none. */
export function findProgram(name: string, variable: string): string | null {
  const named = process.env[variable];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = [...(named ? [named] : []), ...folders.map((folder) => join(folder, name))].find(canRun) ?? null;
  if (!found) {
    process.stderr.write(
      `\n!!! SKIPPED: ${name} is not installed (not on the PATH, and ${variable} names no file).\n\n`,
    );
  }
  return found;
}

export async function newHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'lightchat-client-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Runs to the end, or to the kill after `within_ms`. Nothing of this environment reaches it but the path. */
export function runProgram(
  file: string,
  args: string[],
  options: { cwd: string; env: Record<string, string>; within_ms: number },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { PATH: process.env.PATH, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), options.within_ms);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, lines: stdout.split('\n').flatMap(readLine), output: stdout + stderr });
    });
  });
}

function readLine(line: string): Record<string, unknown>[] {
  return line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [];
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
