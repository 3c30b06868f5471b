import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createLogWriter } from './log-writer.ts';

type Opened = { handle: FileHandle; name: string };
const opened = vi.hoisted(() => [] as Opened[]);
vi.mock('./log-files.ts', async (load) => {
  const files = await load<typeof import('./log-files.ts')>();
  const createLogFile = async (dir: string, now: number) => {
    const file = await files.createLogFile(dir, now);
    opened.push(file);
    return file;
  };
  return { ...files, createLogFile };
});

const dir = mkdtempSync(join(tmpdir(), 'lightchat-writer-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('[P4] a disk that fills up in the middle of a line leaves no half line behind', async () => {
  const writer = createLogWriter(() => 0);
  const target = { dir, maxFiles: 5, maxBytes: 1000 };
  await writer.append(['one\n'], target);
  const { handle, name } = opened[0] as Opened;
  const full = vi.spyOn(handle, 'appendFile').mockImplementation(async (data) => {
    await handle.write(String(data).slice(0, 2));
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  });
  await expect(writer.append(['two\n'], target)).rejects.toMatchObject({ code: 'ENOSPC' });
  const uncut = vi.spyOn(handle, 'truncate').mockRejectedValue(new Error('no'));
  await expect(writer.append(['three\n'], target)).rejects.toMatchObject({ code: 'ENOSPC' });
  full.mockRestore();
  uncut.mockRestore();
  expect(await writer.append(['four\n', 'five\n'], target)).toBe(2);
  await writer.close();
  expect(readFileSync(join(dir, name), 'utf8')).toBe('one\nth\nfour\nfive\n');
});
