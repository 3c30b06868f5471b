import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MASKED_SECRET } from '@lightchat/protocol';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings, type SettingsStore } from '../../../settings/settings-store.ts';
import { installErrorAnswers } from '../../kit/errors.ts';
import { configSurface } from './routes.ts';

const FILE = `# mine
providers:
  - { id: a, type: openai, host: "https://a.example/v1", api_key: canary-key }
`;

let dir: string;
let settings: SettingsStore;
let app: FastifyInstance;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lightchat-réglages-'));
  writeFileSync(join(dir, 'settings.yaml'), FILE, { mode: 0o600 });
  settings = await openSettings({ dir, env: {}, onWarning: () => undefined });
  app = Fastify({ bodyLimit: 10_485_760 });
  installErrorAnswers(app, { write: () => undefined });
  configSurface(app, { settings });
});
afterEach(async () => {
  await app.close();
  await settings.close();
  rmSync(dir, { recursive: true, force: true });
});

const onDisk = () => readFileSync(join(dir, 'settings.yaml'), 'utf8');
const put = (payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'PUT',
    url: '/config',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

describe('GET /config', () => {
  it('[LC-010] [L11] is the document with defaults, masked, and not to be stored', async () => {
    const answer = await app.inject('/config');
    expect(answer.json()).toMatchObject({ logging_enabled: true, providers: [{ id: 'a', api_key: MASKED_SECRET }] });
    expect(answer.body).not.toContain('canary');
    expect(answer.headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('[LC-011] says in a header where the file is, whatever letters the path has, and so does PUT', async () => {
    const file = join(dir, 'settings.yaml');
    const answer = await app.inject('/config');
    expect(decodeURI(String(answer.headers['x-lightchat-config-path']))).toBe(file);
    expect(file).toMatch(/é/);
    expect((await put(answer.json())).headers['x-lightchat-config-path']).toBe(encodeURI(file));
  });
});

describe('PUT /config', () => {
  it('[LC-011] takes what GET gave, changed, and answers the new document with its ETag', async () => {
    const before = await app.inject('/config');
    const body = { ...before.json(), logging_enabled: false };
    const answer = await put(body, { 'if-match': String(before.headers.etag) });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(body);
    expect(answer.headers.etag).not.toBe(before.headers.etag);
    expect(onDisk()).toMatch(/^# mine\n[\s\S]*canary-key[\s\S]*logging_enabled: false/);
    expect((await app.inject('/config')).json()).toEqual(body);
  });

  it('[P8] answers 412 with the ETag of now when the document was changed elsewhere', async () => {
    const { body, etag } = settings.document();
    const answer = await put(body, { 'if-match': '"another"' });
    expect(answer.statusCode).toBe(412);
    expect(answer.json()).toMatchObject({ error_code: 'PRECONDITION_FAILED', details: { etag } });
  });

  it('[LC-011] answers 400 with a path and a reason for each fault and writes nothing', async () => {
    const { body } = settings.document();
    const answer = await put({ ...body, retry: { attempts: 99 }, providers: [{ id: 'a/b', type: 'x' }] });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error_code).toBe('INVALID_REQUEST');
    const paths = answer.json().details.issues.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(['retry.attempts', 'providers.0.id', 'providers.0.type']);
    expect(onDisk()).toBe(FILE);
  });

  it('[L11] asks for the key again when the host changed', async () => {
    const body = structuredClone(settings.document().body);
    Object.assign(body.providers[0] ?? {}, { host: 'https://evil.example/v1' });
    const answer = await put(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().details.issues).toEqual([{ path: 'providers.0.api_key', message: expect.any(String) }]);
  });

  it.each([
    ['__proto__', '{"__proto__": {"polluted": true}}'],
    ['constructor.prototype', '{"constructor": {"prototype": {"polluted": true}}}'],
    ['a merge key', '{"<<": {"polluted": true}}'],
    ['1,000 levels', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`],
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['10 MB', JSON.stringify({ x: 'x'.repeat(10_000_000) })],
    ['half a document', '{"retry": {'],
    ['no document', '"retry"'],
    ['nothing', ''],
  ])('[L12] answers 400 at once to %s', async (_, payload) => {
    const start = performance.now();
    const answer = await put(payload);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().details.issues).not.toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(onDisk()).toBe(FILE);
  });
});
