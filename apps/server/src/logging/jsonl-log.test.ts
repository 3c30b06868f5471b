import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJsonlLog, type JsonlLog, type JsonlLogOptions } from './jsonl-log.ts';
import { createLogFile } from './log-files.ts';

vi.mock('./log-files.ts', { spy: true });

const CANARY = 'canary-secret-0001';
const START = Date.parse('2026-01-02T03:04:05.678Z');

let root: string;
let dir: string;
let warnings: string[];
let log: JsonlLog;

function open(options: Partial<JsonlLogOptions> = {}): JsonlLog {
  log = createJsonlLog({
    dir,
    enabled: true,
    maxFiles: 5,
    maxBytes: 10_485_760,
    secrets: () => [CANARY],
    onWarning: (message) => warnings.push(message),
    now: () => START,
    ...options,
  });
  return log;
}

const say = (content: string) => log.write({ role: 'user', content });
const contents = async (limit = 1000) => (await log.tail(limit)).entries.map(({ content }) => content);
const files = () => readdirSync(dir).sort();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lightchat-log-'));
  dir = join(root, 'LightChat', 'logs');
  warnings = [];
});
afterEach(async () => {
  await log.close();
  chmodSync(root, 0o700);
  rmSync(root, { recursive: true, force: true });
});

describe('writing', () => {
  it('[LC-009] begins a file named by time with the first line, only for its owner', async () => {
    open();
    expect(existsSync(dir)).toBe(false);
    say('hello');
    expect(await log.tail(10)).toEqual({
      dir,
      file: '2026-01-02T03-04-05.chatlog.jsonl',
      entries: [{ ts: '2026-01-02T03:04:05.678Z', role: 'user', content: 'hello' }],
    });
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, files()[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('[LC-009] does nothing in the turn of the caller', () => {
    open();
    say('hello');
    expect(existsSync(dir)).toBe(false);
  });

  it('keeps the order of many lines', async () => {
    open();
    const sent = Array.from({ length: 1000 }, (_, n) => `line ${n}`);
    for (const content of sent) say(content);
    expect(await contents()).toEqual(sent);
  });

  it('[L15] never holds a secret, in the file or in the answer', async () => {
    open();
    log.write({
      role: 'error',
      content: `refused ${CANARY}`,
      details: { headers: { authorization: `Bearer ${CANARY}` } },
    });
    log.write({ role: 'user', content: 'x', model_id: CANARY });
    expect(JSON.stringify(await log.tail(10))).not.toContain(CANARY);
    expect(readFileSync(join(dir, files()[0] ?? ''), 'utf8')).not.toContain(CANARY);
  });

  it('asks for the secrets of now', async () => {
    const secrets: string[] = [];
    open({ secrets: () => secrets });
    secrets.push('a-new-secret');
    say('it is a-new-secret');
    expect(await contents()).toEqual(['it is [redacted]']);
  });

  it('writes what waits when it closes, and nothing later', async () => {
    open();
    say('last words');
    await log.close();
    say('too late');
    expect(await contents()).toEqual(['last words']);
  });
});

describe('rotation', () => {
  it('[LC-009] begins another file at the size and keeps the newest few, also within one second', async () => {
    open({ maxFiles: 3, maxBytes: 1024 });
    writeFileSync(join(root, 'keep'), '');
    for (let n = 0; n < 60; n++) say(`line ${String(n).padStart(3, '0')} ${'x'.repeat(100)}`);
    expect((await contents()).at(-1)).toContain('line 059');
    expect(files()).toHaveLength(3);
    for (const name of files()) expect(statSync(join(dir, name)).size).toBeLessThanOrEqual(1024);
    const kept = files().flatMap((name) => readFileSync(join(dir, name), 'utf8').trimEnd().split('\n'));
    const numbers = kept.map((line) => Number(/line (\d+)/.exec(line)?.[1]));
    expect(numbers).toEqual(Array.from({ length: kept.length }, (_, n) => 60 - kept.length + n));
  });

  it('removes only files of its own kind', async () => {
    mkdirSync(dir, { recursive: true });
    const others = ['notes.txt', 'x.chatlog.jsonl', '2026-01-02T03-04-05.chatlog.jsonl.bak', '2026.jsonl'];
    for (const name of others) writeFileSync(join(dir, name), 'mine');
    mkdirSync(join(dir, '2020-01-01T00-00-00.chatlog.jsonl'));
    writeFileSync(join(dir, '2020-01-02T00-00-00.chatlog.jsonl'), '');
    open({ maxFiles: 1 });
    say('hello');
    await log.tail(1);
    expect(files()).toEqual(
      [...others, '2020-01-01T00-00-00.chatlog.jsonl', '2026-01-02T03-04-06.chatlog.jsonl']
        .filter((name) => name !== '2026-01-02T03-04-06.chatlog.jsonl')
        .concat('2026-01-02T03-04-05.chatlog.jsonl')
        .sort(),
    );
  });

  it('begins a file that sorts after one from a clock that ran ahead', async () => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, '2030-01-01T00-00-00.chatlog.jsonl'), '');
    open();
    say('now');
    expect(await log.tail(1)).toMatchObject({
      file: '2030-01-01T00-00-01.chatlog.jsonl',
      entries: [{ content: 'now' }],
    });
  });
});

describe('switching', () => {
  it('[LC-009] writes nothing while it is off, and goes on when it is on again', async () => {
    open({ enabled: false });
    say('unheard');
    expect(await log.tail(10)).toEqual({ dir, file: null, entries: [], enabled: false });
    log.configure({ enabled: true });
    say('heard');
    expect(await contents()).toEqual(['heard']);
    log.configure({ enabled: false });
    say('unheard');
    expect(await log.tail(10)).toMatchObject({ enabled: false, entries: [{ content: 'heard' }] });
  });

  it('[LC-011] moves to another folder', async () => {
    open();
    say('here');
    await log.tail(1);
    log.configure({ dir: join(root, 'other') });
    say('there');
    expect(await log.tail(10)).toMatchObject({ dir: join(root, 'other'), entries: [{ content: 'there' }] });
    expect(readFileSync(join(dir, files()[0] ?? ''), 'utf8')).not.toContain('there');
  });
});

describe('trouble', () => {
  it('[P9] with the folder warns once, holds the lines and writes them when the folder is back', async () => {
    writeFileSync(join(root, 'LightChat'), 'a file where the folder should be');
    open();
    for (let n = 0; n < 3; n++) {
      say(`line ${n}`);
      expect(await contents()).toEqual([]);
    }
    expect(warnings).toEqual([expect.stringMatching(/cannot be written .* Chat goes on/)]);
    rmSync(join(root, 'LightChat'));
    expect(await contents()).toEqual(['line 0', 'line 1', 'line 2']);
    expect(log.dropped()).toBe(0);
    rmSync(dir, { recursive: true });
    writeFileSync(dir, 'again');
    say('line 3');
    expect(await contents()).toEqual([]);
    expect(warnings).toHaveLength(2);
  });

  it('[P9] tries again by itself', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      writeFileSync(join(root, 'LightChat'), 'a file where the folder should be');
      open();
      say('patient');
      await vi.waitFor(() => expect(warnings).toHaveLength(1));
      rmSync(join(root, 'LightChat'));
      vi.advanceTimersByTime(5000);
    } finally {
      vi.useRealTimers();
    }
    await vi.waitFor(() => expect(readFileSync(join(dir, files()[0] ?? ''), 'utf8')).toContain('patient'));
  });

  it('[P9] begins another file when the one it writes was deleted or moved away', async () => {
    open();
    say('one');
    await log.tail(1);
    rmSync(dir, { recursive: true });
    say('two');
    expect(await contents()).toEqual(['two']);
    rmSync(join(dir, files()[0] ?? ''));
    say('three');
    expect(await contents()).toEqual(['three']);
    expect(warnings).toEqual([]);
  });

  it('[P9] in the middle of a batch loses no line and repeats none', async () => {
    const files = await vi.importActual<typeof import('./log-files.ts')>('./log-files.ts');
    vi.mocked(createLogFile)
      .mockImplementationOnce(files.createLogFile)
      .mockRejectedValueOnce(Object.assign(new Error('no'), { code: 'EACCES' }));
    open({ maxBytes: 1024, maxFiles: 100 });
    const sent = Array.from({ length: 30 }, (_, n) => `line ${n}.${'x'.repeat(100)}`);
    for (const content of sent) say(content);
    await log.tail(1);
    expect(warnings).toEqual([expect.stringContaining('EACCES')]);
    await log.tail(1);
    const lines = (await files.listLogFiles(dir)).flatMap((name) =>
      readFileSync(join(dir, name), 'utf8').trimEnd().split('\n'),
    );
    expect(lines.map((line) => JSON.parse(line).content)).toEqual(sent);
  });

  it('[P9] of a full queue drops lines, counts them, warns once and says so in the log', async () => {
    writeFileSync(join(root, 'LightChat'), 'a file where the folder should be');
    open();
    for (let n = 0; n < 20; n++) say('x'.repeat(500_000));
    expect(log.dropped()).toBeGreaterThan(0);
    expect(log.dropped()).toBeLessThan(20);
    expect(warnings).toHaveLength(1);
    const lost = log.dropped();
    await log.tail(1);
    rmSync(join(root, 'LightChat'));
    await log.tail(1);
    say('after');
    const last = await contents(2);
    expect(last).toContain('after');
    const everything = files()
      .map((name) => readFileSync(join(dir, name), 'utf8'))
      .join('');
    expect(everything).toContain(`"${lost} log lines were lost"`);
    expect(everything.trimEnd().split('\n')).toHaveLength(20 - lost + 2);
  });
});

describe('the tail', () => {
  it('[LC-017] is empty without a folder or a file, and never an error', async () => {
    open();
    expect(await log.tail(100)).toEqual({ dir, file: null, entries: [] });
    mkdirSync(dir, { recursive: true });
    expect(await log.tail(100)).toEqual({ dir, file: null, entries: [] });
  });

  it('[LC-017] is the end of the newest file, oldest first, without junk and torn lines', async () => {
    mkdirSync(dir, { recursive: true });
    const entry = (n: number) => JSON.stringify({ ts: 'x', role: 'user', content: `line ${n}` });
    writeFileSync(join(dir, '2026-01-01T00-00-00.chatlog.jsonl'), `${entry(1)}\n`);
    const newest = join(dir, '2026-01-01T00-00-01.chatlog.jsonl');
    writeFileSync(newest, `${entry(2)}\n\njunk\n[]\n{"ts":1}\n${entry(3)}\n${entry(4)}\n${entry(5).slice(0, 20)}`);
    open();
    expect(await contents(100)).toEqual(['line 2', 'line 3', 'line 4']);
    expect(await contents(2)).toEqual(['line 3', 'line 4']);
  });

  it('[LC-017] reads a large file from its end', async () => {
    mkdirSync(dir, { recursive: true });
    const line = (n: number) => `${JSON.stringify({ ts: 'x', role: 'user', content: `é${n}${'é'.repeat(500)}` })}\n`;
    const text = Array.from({ length: 5000 }, (_, n) => line(n)).join('');
    writeFileSync(join(dir, '2026-01-01T00-00-00.chatlog.jsonl'), text);
    open();
    const entries = await contents(300);
    expect(entries).toHaveLength(300);
    expect(entries[0]).toMatch(/^é4700é/);
    expect(entries.at(-1)).toMatch(/^é4999é/);
  });

  it('redacts what an older log still shows', async () => {
    mkdirSync(dir, { recursive: true });
    const line = JSON.stringify({ ts: 'x', role: 'user', content: CANARY });
    writeFileSync(join(dir, '2026-01-01T00-00-00.chatlog.jsonl'), `${line}\n`);
    open();
    expect(await contents()).toEqual(['[redacted]']);
  });
});
