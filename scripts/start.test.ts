import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const start = join(import.meta.dirname, 'start.mjs');
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lightchat-start-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Runs the command in an empty home; sends `signal` once the server says that it is ready. */
function run(
  args: string[],
  signal?: NodeJS.Signals,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: home };
    const child = spawn(process.execPath, [start, ...args], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let told = false;
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (!signal || told || !stdout.includes('"ready"')) return;
      told = true;
      child.kill(signal);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '[LC-001] serves, keeps stdout for the ready line, and ends on %s',
    async (signal) => {
      const { code, stdout, stderr } = await run(['--port', '0'], signal);
      expect(stdout.trim().split('\n')).toHaveLength(1);
      expect(JSON.parse(stdout)).toMatchObject({ ready: true, port: expect.any(Number), pid: expect.any(Number) });
      expect(stderr).toContain('LightChat is ready');
      expect(code).toBe(0);
    },
  );

  it('[LC-001] passes its arguments on', async () => {
    const { code, stdout } = await run(['--help']);
    expect(stdout).toContain('--port');
    expect(code).toBe(0);
  });

  it("[LC-001] gives back the server's exit code and its reason", async () => {
    const { code, stdout, stderr } = await run(['--port', 'banana']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('banana');
  });
});
