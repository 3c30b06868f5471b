import { type AppError, isAppError, MASKED_SECRET, type Settings } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { acceptPut } from './accept-put.ts';
import { parseSettings } from './parse-settings.ts';
import { maskSecrets } from './secrets.ts';

const BEFORE = parseSettings(`
proxy: { url: http://p, password: canary-proxy }
providers:
  - { id: lit, type: openai, host: "https://a.example/v1", api_key: canary-lit, headers: { x-token: canary-nested } }
  - { id: ref, type: openai, host: "https://b.example/v1", api_key: "\${KEY}" }
  - { id: mix, type: openai, host: "https://\${NAME}.example/v1", api_key: "canary-\${KEY}" }
`).document;

type Body = Settings & { providers: Record<string, unknown>[] };

function body(change: (body: Body) => void = () => undefined): Body {
  const copy = structuredClone(maskSecrets(BEFORE)) as Body;
  change(copy);
  return copy;
}

function refusal(value: unknown): { path: string; message: string }[] {
  try {
    acceptPut(value, BEFORE);
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.code).toBe('INVALID_REQUEST');
    expect(JSON.stringify(error.toBody())).not.toContain('canary');
    return (error as AppError).details.issues as { path: string; message: string }[];
  }
  throw new Error('the body was accepted');
}

const paths = (value: unknown) => refusal(value).map(({ path }) => path);

describe('the body of PUT /config', () => {
  it('[L11] comes with every secret masked and is taken back unchanged', () => {
    expect(JSON.stringify(body())).not.toContain('canary');
    expect(body().providers.map(({ api_key }) => api_key)).toEqual([MASKED_SECRET, `\${KEY}`, MASKED_SECRET]);
    expect(acceptPut(body(), BEFORE)).toEqual(BEFORE);
  });

  it('keeps secrets with their provider when providers change places', () => {
    const kept = acceptPut(
      body((b) => b.providers.reverse()),
      BEFORE,
    );
    expect(kept.providers).toEqual(BEFORE.providers.toReversed());
  });

  it.each([
    ['a mask', 0],
    ['a reference', 1],
    ['a mask over a reference', 2],
  ])('[L11] asks for the key again when the host changed: %s', (_, index) => {
    const change = (b: Body) => Object.assign(b.providers[index] ?? {}, { host: 'https://evil.example/v1' });
    expect(paths(body(change))).toContain(`providers.${index}.api_key`);
    const withKey = (b: Body) => {
      change(b);
      b.providers[index] = { ...b.providers[index], api_key: 'new-key', headers: undefined } as Body['providers'][0];
    };
    expect(acceptPut(body(withKey), BEFORE).providers[index]?.api_key).toBe('new-key');
  });

  it('[L11] asks for it also under another id, and when dropping the host makes the type decide', () => {
    expect(paths(body((b) => Object.assign(b.providers[1] ?? {}, { id: 'thief' })))).toContain('providers.1.api_key');
    expect(paths(body((b) => Object.assign(b.providers[0] ?? {}, { id: 'thief' })))).toContain('providers.0.api_key');
    const hostless = (b: Body) => {
      delete b.providers[0]?.host;
    };
    expect(paths(body(hostless))).toEqual(['providers.0.api_key', 'providers.0.headers.x-token']);
  });

  it('[L12] lets nobody add a reference to the environment', () => {
    const set = (index: number, change: object) => body((b) => Object.assign(b.providers[index] ?? {}, change));
    expect(paths(set(0, { api_key: `\${DATABASE_URL}` }))).toEqual(['providers.0.api_key']);
    expect(paths(set(1, { api_key: `\${DATABASE_URL}` }))).toEqual(['providers.1.api_key']);
    expect(paths(set(2, { host: `https://evil.example/\${SECRET}` }))).toContain('providers.2.host');
    const added = body((b) => b.providers.push({ id: 'new', type: 'openai', host: `https://\${SECRET}.evil.example` }));
    expect(paths(added)).toEqual(['providers.3.host']);
  });

  it('accepts no mask where no secret is stored', () => {
    expect(paths(body((b) => Object.assign(b.providers[0] ?? {}, { name: MASKED_SECRET })))).toEqual([
      'providers.0.name',
    ]);
    const added = { id: 'new', type: 'openai', host: 'https://n.example', api_key: MASKED_SECRET };
    expect(paths(body((b) => b.providers.push(added)))).toEqual(['providers.3.api_key']);
  });

  it('removes a key that is null or left out', () => {
    const removed = acceptPut(
      body((b) => Object.assign(b.providers[0] ?? {}, { api_key: null })),
      BEFORE,
    );
    expect(removed.providers[0]?.api_key).toBeNull();
  });

  it('[LC-011] names every fault with a path and a reason', () => {
    const faulty = body((b) => {
      Object.assign(b, { logging_enabled: 'yes', log_dir: 5, retry: { attempts: -1 } });
      Object.assign(b.providers[0] ?? {}, { type: 'telepathy' });
    });
    expect(paths(faulty).sort()).toEqual(['log_dir', 'logging_enabled', 'providers.0.type', 'retry.attempts']);
    for (const { message } of refusal(faulty)) expect(message).not.toBe('');
    expect(paths(body((b) => Object.assign(b, { default_provider: 'nobody' })))).toEqual(['default_provider']);
  });

  it('[L12] refuses what is no document', () => {
    for (const value of [null, undefined, 5, 'x', [], [[]]]) expect(paths(value)).toEqual(['']);
    for (const key of ['__proto__', 'constructor', 'prototype', '<<']) {
      expect(paths(JSON.parse(`{"retry": {"${key}": {"polluted": true}}}`))).toEqual([`retry.${key}`]);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('[L12] refuses bombs at once', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    const wide = { x: Array.from({ length: 1_000_000 }, () => 1) };
    const keys = Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`k${n}`, 1]));
    const long = { x: 'x'.repeat(10_000_000) };
    for (const bomb of [deep, wide, keys, long]) {
      const start = performance.now();
      expect(refusal(bomb)).toHaveLength(1);
      expect(performance.now() - start).toBeLessThan(2000);
    }
  });
});
