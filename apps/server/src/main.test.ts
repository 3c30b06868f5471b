import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('[P3] goes on, and stops when told, although nobody reads its output any more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lightchat-main-'));
  const dirs = ['--config-dir', folder, '--data-dir', join(folder, 'data'), '--log-dir', join(folder, 'logs')];
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--port', '0', ...dirs], { cwd: folder });
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { port } = JSON.parse(line) as { port: number };
    child.stdout.destroy();
    child.stderr.destroy();
    const started = await fetch(`http://127.0.0.1:${port}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'hello', provider_id: 'demo' }),
    });
    expect(started.status).toBe(202);
    const exited = once(child, 'exit');
    child.kill('SIGTERM'); // it says that it waits for the answer
    expect(await exited).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
