import { mkdtempSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchFile } from './watch-file.ts';

vi.mock('node:fs', { spy: true });

let dir: string;
let stop: () => void = () => undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lightchat-watch-'));
  writeFileSync(join(dir, 'settings.yaml'), '1');
});
afterEach(() => {
  stop();
  vi.mocked(watch).mockReset();
  rmSync(dir, { recursive: true, force: true });
});

it('[LC-011] looks once at the start, then hears of a write and of a rename', async () => {
  const changed = vi.fn();
  stop = watchFile(dir, 'settings.yaml', changed, 3_600_000, 10);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 10_000);
  changed.mockClear();
  writeFileSync(join(dir, 'settings.yaml'), '2');
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 10_000);
  changed.mockClear();
  writeFileSync(join(dir, 'new'), '3');
  renameSync(join(dir, 'new'), join(dir, 'settings.yaml'));
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 10_000);
});

it('[LC-011] hears of a change also where the system has no watches left', async () => {
  vi.mocked(watch).mockImplementation(() => {
    throw Object.assign(new Error('no watches left'), { code: 'ENOSPC' });
  });
  const changed = vi.fn();
  stop = watchFile(dir, 'settings.yaml', changed, 20, 10);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 10_000);
  changed.mockClear();
  writeFileSync(join(dir, 'settings.yaml'), 'longer than before');
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 10_000);
});
