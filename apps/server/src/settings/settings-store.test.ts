import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSettingsFile, writeSettingsFile } from './settings-file.ts';
import { openSettings, type SettingsStore } from './settings-store.ts';
import { SETTINGS_TEMPLATE } from './template.ts';

vi.mock('./settings-file.ts', { spy: true });

const GOOD = `# mine
retry: { attempts: 4, delay_ms: 7 } # patient
providers:
  - id: a
    type: openai
    host: https://a.example/v1
    api_key: canary-literal
  - id: b
    type: openai
    host: https://b.example/v1
    api_key: \${KEY}
`;

let dir: string;
let file: string;
let warnings: string[];
let faultsTold: number;
const opened: SettingsStore[] = [];

async function open(text?: string, env: Record<string, string> = { KEY: 'canary-from-env' }): Promise<SettingsStore> {
  if (text !== undefined) {
    mkdirSync(dir, { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
  }
  const store = await openSettings({
    dir,
    env,
    onWarning: (message) => warnings.push(message),
    onFault: () => {
      faultsTold += 1;
    },
  });
  opened.push(store);
  return store;
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 30 });
const temporaries = async () => (await readdir(dir)).filter((name) => name.endsWith('.tmp'));

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'lightchat-settings-')), 'config');
  file = join(dir, 'settings.yaml');
  warnings = [];
  faultsTold = 0;
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  expect(warnings.join()).not.toContain('canary');
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

describe('the first start', () => {
  it('[LC-002] [L11] writes a commented settings.yaml that only its owner may read', async () => {
    const store = await open();
    expect(readFileSync(file, 'utf8')).toBe(SETTINGS_TEMPLATE);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(store.error()).toBeUndefined();
    expect(store.current().providers).toHaveLength(5);
  });

  it('[P7] with a broken file leaves it alone and goes on with the defaults', async () => {
    const broken = 'retry: {\nproviders: oops';
    const store = await open(broken);
    expect(store.error()).toMatchObject({ line: 2, message: expect.any(String) });
    expect(store.current().providers.map(({ id }) => id)).toContain('demo');
    expect(readFileSync(file, 'utf8')).toBe(broken);
  });

  it('goes on with the defaults where no file can be made', async () => {
    writeFileSync(dir, 'a file where the folder should be');
    const store = await open();
    expect(store.current().providers).toHaveLength(5);
    expect(warnings[0]).toMatch(/cannot be written/);
    await expect(store.put(store.document().body)).rejects.toMatchObject({ name: 'AppError' });
  });

  it('[P7] reads a byte order mark and Windows line ends', async () => {
    const store = await open(`\ufeff${GOOD.replaceAll('\n', '\r\n')}`);
    expect(store.error()).toBeUndefined();
    expect(store.current().retry.attempts).toBe(4);
  });

  it('[L11] warns when others may read a key in it', async () => {
    mkdirSync(dir);
    writeFileSync(file, GOOD);
    chmodSync(file, 0o644);
    await open();
    expect(warnings).toEqual([expect.stringMatching(/chmod 600/)]);
  });
});

function replaceBy(make: () => void): void {
  rmSync(file);
  make();
}

describe('a hand edit', () => {
  it('[LC-011] is in force without a restart, however the editor saves', async () => {
    const store = await open(GOOD);
    const heard: Settings[] = [];
    store.subscribe((settings) => heard.push(settings));
    writeFileSync(file, GOOD.replace('attempts: 4', 'attempts: 5'));
    await soon(() => expect(store.current().retry.attempts).toBe(5));
    writeFileSync(join(dir, 'settings.yaml~'), GOOD.replace('attempts: 4', 'attempts: 6'));
    renameSync(join(dir, 'settings.yaml~'), file);
    await soon(() => expect(store.current().retry.attempts).toBe(6));
    expect(heard.map(({ retry }) => retry.attempts)).toEqual([5, 6]);
  });

  it('tells nobody when it changes comments only', async () => {
    const store = await open(GOOD);
    const listener = vi.fn();
    store.subscribe(listener);
    const { etag } = store.document();
    writeFileSync(file, `${GOOD}# a thought\n`);
    await soon(() => expect(store.document().etag).not.toBe(etag));
    expect(listener).not.toHaveBeenCalled();
  });

  it('reaches every listener, also when one of them fails, and none that left', async () => {
    const store = await open(GOOD);
    const left = vi.fn();
    const heard = vi.fn();
    store.subscribe(left)();
    store.subscribe(() => {
      throw new Error('busy');
    });
    store.subscribe(heard);
    writeFileSync(file, GOOD.replace('attempts: 4', 'attempts: 5'));
    await soon(() => expect(heard).toHaveBeenCalledOnce());
    expect(left).not.toHaveBeenCalled();
    expect(warnings).toEqual([expect.stringContaining('busy')]);
  });

  const faults: [string, () => void][] = [
    ['a syntax error', () => writeFileSync(file, 'retry: [1')],
    ['half a file', () => writeFileSync(file, GOOD.slice(0, 40))],
    ['an emptied file', () => truncateSync(file, 0)],
    ['wrong types', () => writeFileSync(file, 'retry: 5\nproviders: {}\n')],
    ['no text at all', () => writeFileSync(file, Buffer.from([0xff, 0xfe, 0x61, 0x00]))],
    ['a file of 100 MB', () => truncateSync(file, 100_000_000)],
    ['a missing file', () => rmSync(file)],
    ['a folder', () => replaceBy(() => mkdirSync(file))],
    ['a link to itself', () => replaceBy(() => symlinkSync('settings.yaml', file))],
    ['a link to a device', () => replaceBy(() => symlinkSync('/dev/zero', file))],
    ['a pipe', () => replaceBy(() => execFileSync('mkfifo', [file]))],
    [
      'an alias bomb',
      () => writeFileSync(file, `a: &a [x,x]\nb: &b [${'*a,'.repeat(99)}x]\nc: [${'*b,'.repeat(99)}x]\n`),
    ],
    ['__proto__', () => writeFileSync(file, `${GOOD}__proto__: { polluted: true }\n`)],
  ];
  it.each(faults)('[P7] that leaves %s keeps the last good settings, says so, and recovers', async (_, spoil) => {
    const store = await open(GOOD);
    const before = store.current();
    const listener = vi.fn();
    store.subscribe(listener);
    spoil();
    await soon(() => expect(store.error()?.message).toBeTruthy());
    expect(store.current()).toBe(before);
    expect(listener).not.toHaveBeenCalled();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(JSON.stringify(store.error())).not.toContain('canary');
    expect(warnings).toHaveLength(1);
    expect(faultsTold).toBe(1);
    rmSync(file, { recursive: true, force: true });
    writeFileSync(file, GOOD.replace('attempts: 4', 'attempts: 8'), { mode: 0o600 });
    await soon(() => expect(store.error()).toBeUndefined());
    expect(store.current().retry.attempts).toBe(8);
    expect(faultsTold).toBe(2);
  });

  it('[P7] that is half-written for a moment does not show as an error', async () => {
    const store = await open(GOOD);
    writeFileSync(file, GOOD.slice(0, 60));
    vi.mocked(readSettingsFile).mockClear();
    await soon(() => expect(readSettingsFile).toHaveBeenCalled());
    writeFileSync(file, GOOD.replace('attempts: 4', 'attempts: 9'));
    await soon(() => expect(store.current().retry.attempts).toBe(9));
    expect(warnings).toEqual([]);
  });

  it('is found when the whole folder was replaced', async () => {
    const store = await open(GOOD);
    renameSync(dir, `${dir}-old`);
    mkdirSync(dir);
    writeFileSync(file, GOOD.replace('attempts: 4', 'attempts: 5'), { mode: 0o600 });
    await soon(() => expect(store.current().retry.attempts).toBe(5));
  });
});

describe('PUT /config', () => {
  it('[LC-011] persists, keeps comments, is in force at once and can be sent again', async () => {
    const store = await open(GOOD);
    const listener = vi.fn();
    store.subscribe(listener);
    const { body, etag } = store.document();
    const answer = await store.put({ ...body, retry: { attempts: 2, delay_ms: 7 } }, etag);
    expect(readFileSync(file, 'utf8')).toBe(GOOD.replace('attempts: 4', 'attempts: 2'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(store.current().retry.attempts).toBe(2);
    expect(listener).toHaveBeenCalledOnce();
    expect(answer.etag).not.toBe(etag);
    expect(await store.put(answer.body, answer.etag)).toEqual(answer);
    expect(await temporaries()).toEqual([]);
  });

  it('[L11] shows no secret and keeps what is masked', async () => {
    const store = await open(GOOD);
    expect(JSON.stringify(store.document())).not.toContain('canary');
    expect(store.document().body.providers[1]?.api_key).toBe(`\${KEY}`);
    await store.put({ ...store.document().body, logging_enabled: false });
    expect(store.current().providers.map(({ api_key }) => api_key)).toEqual(['canary-literal', 'canary-from-env']);
    expect(store.secrets().sort()).toEqual(['canary-from-env', 'canary-literal']);
  });

  it('writes nothing when the document has a fault', async () => {
    const store = await open(GOOD);
    const { body, etag } = store.document();
    await expect(store.put({ ...body, retry: { attempts: 'x' } })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(readFileSync(file, 'utf8')).toBe(GOOD);
    expect(store.document().etag).toBe(etag);
  });

  it('[P8] serialises two at once; the second with the old ETag is refused and nothing is lost', async () => {
    const store = await open(GOOD);
    const { body, etag } = store.document();
    const outcomes = await Promise.allSettled([
      store.put({ ...body, logging_enabled: false }, etag),
      store.put({ ...body, default_provider: 'a' }, etag),
    ]);
    expect(outcomes[0]?.status).toBe('fulfilled');
    expect(outcomes[1]).toMatchObject({
      status: 'rejected',
      reason: { code: 'PRECONDITION_FAILED', details: { etag: store.document().etag } },
    });
    expect(store.current()).toMatchObject({ logging_enabled: false, default_provider: null });
  });

  it('[P8] refuses an ETag from before an edit that was saved this very moment', async () => {
    const store = await open(GOOD);
    const { body, etag } = store.document();
    const edited = GOOD.replace('attempts: 4', 'attempts: 5');
    writeFileSync(file, edited);
    await expect(store.put(body, etag)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(readFileSync(file, 'utf8')).toBe(edited);
  });

  it('[P8] gives way to an edit that is saved while it writes', async () => {
    const store = await open(GOOD);
    const edited = GOOD.replace('attempts: 4', 'attempts: 5');
    const { writeSettingsFile: write } =
      await vi.importActual<typeof import('./settings-file.ts')>('./settings-file.ts');
    vi.mocked(writeSettingsFile).mockImplementationOnce((...args) => {
      writeFileSync(file, edited);
      return write(...args);
    });
    const put = store.put({ ...store.document().body, logging_enabled: false });
    await expect(put).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(readFileSync(file, 'utf8')).toBe(edited);
    expect(await temporaries()).toEqual([]);
  });

  it('[P4] says that the disk is full and changes nothing', async () => {
    const store = await open(GOOD);
    vi.mocked(writeSettingsFile).mockRejectedValueOnce(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    const put = store.put({ ...store.document().body, logging_enabled: false });
    await expect(put).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(store.current().logging_enabled).toBe(true);
  });

  it('takes an ETag from a list and any with a star, and no weak one', async () => {
    const store = await open(GOOD);
    const { body, etag } = store.document();
    await expect(store.put(body, `"x", ${etag}`)).resolves.toMatchObject({ etag });
    await expect(store.put(body, '*')).resolves.toMatchObject({ etag });
    await expect(store.put(body, `W/${etag}`)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });

  it('[P7] replaces a broken file on request and keeps it beside', async () => {
    const store = await open(GOOD);
    writeFileSync(file, 'retry: [1');
    await soon(() => expect(store.error()).toBeDefined());
    const { body, etag } = store.document();
    await store.put({ ...body, default_provider: 'b' }, etag);
    expect(store.error()).toBeUndefined();
    expect(readFileSync(join(dir, 'settings.invalid-1.yaml'), 'utf8')).toBe('retry: [1');
    expect(readFileSync(file, 'utf8')).toContain('# patient');
    expect(store.current()).toMatchObject({ default_provider: 'b', retry: { attempts: 4 } });
  });

  it('[L12] replaces a link instead of writing through it', async () => {
    const elsewhere = join(dir, '..', 'elsewhere.yaml');
    mkdirSync(dir);
    writeFileSync(elsewhere, GOOD, { mode: 0o600 });
    symlinkSync(elsewhere, file);
    const store = await open();
    await store.put({ ...store.document().body, logging_enabled: false });
    expect(readFileSync(elsewhere, 'utf8')).toBe(GOOD);
    expect(statSync(file).isFile()).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('logging_enabled: false');
  });

  it('removes what a killed process left half-written, but not what may be at work', async () => {
    mkdirSync(dir);
    const [old, young] = ['0123456789ab', 'ba9876543210'].map((id) => join(dir, `.settings.yaml.${id}.tmp`));
    for (const path of [old, young]) writeFileSync(path ?? '', 'canary');
    utimesSync(old ?? '', 1, 1);
    await open(GOOD);
    expect(await temporaries()).toEqual(['.settings.yaml.ba9876543210.tmp']);
  });
});
