/** Documents that are made to break whoever reads them, against every route that reads JSON, and settings.yaml. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readOperations } from '../fuzz/requests.ts';
import { type InProcessServer, startInProcess } from '../in-process/start-in-process.ts';

const GOOD = 'providers:\n  - { id: demo, type: demo }\n';

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess(GOOD);
});
afterAll(() => server?.stop());

const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
/** In a field of its own, where a request of any shape may have it. */
const inside = (text: string) => `{"prompt":"x","message":"x","messages":[],"model":"m","title":"x","x":${text}}`;

const bombs: Record<string, string> = {
  'an own __proto__': '{"__proto__":{"polluted":true}}',
  'an own __proto__ deeper down': inside('{"a":{"__proto__":{"polluted":true}}}'),
  'the prototype of a constructor': inside('{"constructor":{"prototype":{"polluted":true}}}'),
  'a merge key': '{"<<":{"polluted":true}}',
  'arrays, 100,000 deep': nested('[', ']', 100_000),
  'objects, 100,000 deep': nested('{"a":', '}', 100_000),
  'a field 50,000 deep': inside(nested('[', ']', 50_000)),
  'a hundred thousand keys': inside(`{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":1`).join()}}`),
  'a million elements': inside(`[${'0,'.repeat(999_999)}0]`),
  'a number beyond all numbers': inside('1e999999'),
  'nine megabytes of text': `{"title":"${'x'.repeat(9_000_000)}"}`,
};

/** Nothing of this may take as long as anybody would notice; the bound leaves room for a busy machine. */
const AT_ONCE_MS = 5000;

describe('every route that reads JSON', () => {
  it.each(Object.entries(bombs))('[L12, P14] survives %s', async (_, body) => {
    const { operations } = await readOperations(server.url);
    const writes = operations.filter(({ method }) => method !== 'GET');
    expect(writes.length).toBeGreaterThan(10);
    for (const { method, path } of writes) {
      const began = performance.now();
      const address = server.url + path.replace(/\{\w+\}/g, 'x');
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(address, { method, headers, body });
      await answer.body?.cancel();
      expect([method, path, answer.status < 500]).toEqual([method, path, true]);
      expect([method, path, performance.now() - began < AT_ONCE_MS]).toEqual([method, path, true]);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/config`)).json()).toMatchObject({ providers: [{ id: 'demo' }] });
  });
});

describe('settings.yaml, while the server runs', () => {
  const aliases = Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}]`);
  const files: Record<string, string> = {
    'an own __proto__': `${GOOD}__proto__: { polluted: true }\n`,
    'a merge key': `base: &base { polluted: true }\n<<: *base\n${GOOD}`,
    'masses of merge keys': `b: &b {}\n${'x: {<<: *b}\n'.repeat(5000)}`,
    'an alias bomb': `a0: &a0 [x, x]\n${aliases.join('\n')}\n`,
    'an alias in a circle': `a: &a [*a]\n${GOOD}`,
    'brackets, 10,000 deep': `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`,
    'indentation, 1,000 deep': Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
    'a hundred thousand keys': Array.from({ length: 60_000 }, (_, at) => `k${at}: 1`).join('\n'),
    'two megabytes': `${GOOD}name: ${'x'.repeat(2_000_000)}\n`,
    'bytes that are no text': '\u0000\u0001\u0002',
  };

  it.each(Object.entries(files))('[L12, P7] is refused with %s, and the last good settings stay', async (_, text) => {
    await writeFile(join(server.folder, 'settings.yaml'), text);
    const health = async () => (await fetch(`${server.url}/health`)).json() as Promise<{ config_error?: object }>;
    await vi.waitFor(async () => expect(await health()).toHaveProperty('config_error.message'), 10_000);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(await (await fetch(`${server.url}/config`)).json()).toMatchObject({ providers: [{ id: 'demo' }] });
    await writeFile(join(server.folder, 'settings.yaml'), GOOD);
    await vi.waitFor(async () => expect(await health()).not.toHaveProperty('config_error'), 10_000);
  });
});
