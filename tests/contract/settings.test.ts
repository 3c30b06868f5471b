/** settings.yaml by hand and over `/config`: what is in force, what is written, what is never shown. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../upstream/index.ts';
import { CANARY, type ContractServer, startContractServer, until } from './support/contract-server.ts';
import type { Json } from './support/event-stream.ts';
import { errorShape, filled, number } from './support/shapes.ts';

let on: ContractServer;
let other: Upstream;
let file: string;
const OTHER_KEY = 'sk-canary-of-another-host';

beforeAll(async () => {
  other = await startUpstream();
  on = await startContractServer({
    settings: `# My own words, first line
retry: { attempts: 0, delay_ms: 20 } # beside a value
default_provider: up
limits: { headers_local_ms: 1500 }
future_key: { kept: true }`,
    providers: `  # about the next one
  - { id: from_env, type: openai, host: "${other.openai_url}", api_key: "\${CONTRACT_TEST_KEY}" }`,
    env: { CONTRACT_TEST_KEY: OTHER_KEY },
  });
  file = join(on.server.dirs.config, 'settings.yaml');
});
afterAll(async () => {
  await on?.stop();
  await other?.close();
});

const onDisk = () => readFile(file, 'utf8');
const config = async () => {
  const { json, headers } = await on.get('/config');
  return { document: json as Json & { providers: Json[] }, etag: String(headers.get('etag')) };
};
const health = async () => (await on.get('/health')).json;
/** The key that the provider got with a run that starts now. */
async function keyOfNextRun(provider_id: string, upstream: Upstream, model_id: string): Promise<string | undefined> {
  const { id } = await on.start(model_id, { provider_id });
  await on.ended(id);
  return upstream.requests.findLast(({ model }) => model === model_id)?.headers.authorization;
}

describe('GET /config', () => {
  it('[LC-010] is the document as JSON, secrets masked, with an ETag', async () => {
    const answer = await on.get('/config');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toMatch(/^"[^"]+"$/);
    expect(answer.json).toMatchObject({
      default_provider: 'up',
      log_dir: null,
      logging_enabled: true,
      logging: { max_files: 5, max_bytes: 10_485_760 },
      retry: { attempts: 0, delay_ms: 20 },
      cors_origins: [],
      future_key: { kept: true },
      providers: [
        {
          id: 'up',
          type: 'openai',
          host: on.upstream.openai_url,
          api_key: filled,
          system_prompt: 'From the settings.',
        },
        { id: 'lama', type: 'ollama', host: on.upstream.url },
        { id: 'demo', type: 'demo' },
        { id: 'from_env', type: 'openai', api_key: filled },
      ],
    });
    expect(answer.text).not.toContain('canary');
    expect(on.server.stderr()).toContain('future_key');
    expect((await on.get('/config')).headers.get('etag')).toBe(answer.headers.get('etag'));
  });

  it('[LC-008] a key is taken from the environment', async () => {
    expect(await keyOfNextRun('from_env', other, 'ok?env')).toBe(`Bearer ${OTHER_KEY}`);
    expect(await keyOfNextRun('up', on.upstream, 'ok?own')).toBe(`Bearer ${CANARY}`);
  });
});

describe('PUT /config', () => {
  it('[LC-011] changes what was changed, keeps comments, order, unknown keys and masked secrets', async () => {
    const before = await config();
    const answer = await on.call('PUT', '/config', { ...before.document, retry: { attempts: 2, delay_ms: 30 } });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ ...before.document, retry: { attempts: 2, delay_ms: 30 } });
    expect(answer.headers.get('etag')).not.toBe(before.etag);
    expect(await config()).toEqual({ document: answer.json, etag: answer.headers.get('etag') });
    const text = await onDisk();
    for (const kept of ['# My own words, first line', '# beside a value', '# about the next one', 'future_key']) {
      expect(text).toContain(kept);
    }
    expect(text).toContain(CANARY);
    expect(text).toMatch(/\$\{CONTRACT_TEST_KEY\}/);
    expect(text).not.toContain(OTHER_KEY);
    const places = ['retry:', 'default_provider:', 'future_key:', 'id: up', 'id: lama', 'id: from_env'].map((key) =>
      text.indexOf(key),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(await keyOfNextRun('up', on.upstream, 'ok?put')).toBe(`Bearer ${CANARY}`);
    const { id } = await on.start('u19-server-error');
    expect(await on.ended(id)).toMatchObject({ attempts: 3 });
  });

  it('[LC-011] honours If-Match', async () => {
    const { document, etag } = await config();
    const body = { ...document, retry: { attempts: 0, delay_ms: 10 } };
    const first = await on.call('PUT', '/config', body, { 'if-match': etag });
    expect(first.status).toBe(200);
    const text = await onDisk();
    const late = await on.call('PUT', '/config', { ...body, default_provider: null }, { 'if-match': etag });
    expect({ status: late.status, body: late.json }).toEqual({ status: 412, body: errorShape('PRECONDITION_FAILED') });
    expect(await onDisk()).toBe(text);

    const now = await config();
    const race = [11, 12, 13, 14].map((delay_ms) =>
      on.call('PUT', '/config', { ...now.document, retry: { attempts: 0, delay_ms } }, { 'if-match': now.etag }),
    );
    const statuses = (await Promise.all(race)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 412, 412, 412]);
  });

  it('[LC-011] names a path and a reason for each fault, and writes nothing', async () => {
    const { document, etag } = await config();
    const text = await onDisk();
    const answer = await on.call('PUT', '/config', {
      ...document,
      retry: { attempts: 'many', delay_ms: -1 },
      logging_enabled: 'yes',
      providers: [{ id: 'a', type: 'telepathy' }, { type: 'demo' }],
    });
    expect({ status: answer.status, code: answer.json.error_code }).toEqual({ status: 400, code: 'INVALID_REQUEST' });
    const { issues } = answer.json.details as { issues: Json[] };
    for (const issue of issues) expect(issue).toEqual({ path: filled, message: filled });
    expect(issues.map(({ path }) => path).toSorted()).toEqual([
      'logging_enabled',
      'providers.0.type',
      'providers.1.id',
      'retry.attempts',
      'retry.delay_ms',
    ]);
    const twice = await on.call('PUT', '/config', {
      ...document,
      providers: [document.providers[2], document.providers[2]],
    });
    expect({ status: twice.status, body: twice.json }).toEqual({ status: 400, body: errorShape('INVALID_REQUEST') });
    expect(await onDisk()).toBe(text);
    expect((await config()).etag).toBe(etag);
  });

  it('[L11] wants the key again when the host of a provider changes, and then the next run uses both', async () => {
    const { document } = await config();
    const moved = (api_key: unknown) => ({
      ...document,
      providers: document.providers.map((each) =>
        each.id === 'up' ? { ...each, host: other.openai_url, api_key } : each,
      ),
    });
    const refused = await on.call('PUT', '/config', moved(document.providers[0]?.api_key));
    expect(refused.status).toBe(400);
    expect(refused.json.details).toEqual({ issues: [{ path: 'providers.0.api_key', message: filled }] });
    const running = await on.start('ok?tokens=60&delay=20&before');
    const stream = await on.follow(`/runs/${running.id}/events`);
    await stream.take(5);
    expect((await on.call('PUT', '/config', moved('sk-new-canary'))).status).toBe(200);
    expect(await keyOfNextRun('up', other, 'ok?moved')).toBe('Bearer sk-new-canary');
    expect((await stream.rest()).at(-1)).toMatchObject({ event: 'run-finished', data: { status: 'completed' } });
    expect(on.upstream.count('ok')).toBeGreaterThan(0);
    expect((await on.get('/config')).text).not.toContain('canary');
  });

  it('[P8] is never seen half written', async () => {
    const { document } = await config();
    let writing = true;
    const seen = new Set<boolean>();
    const reading = (async () => {
      while (writing) seen.add(/My own words[\s\S]*from_env[^\n]*\n?$/.test(await onDisk()));
    })();
    for (let delay_ms = 1; delay_ms <= 15; delay_ms += 1) {
      const answer = await on.call('PUT', '/config', { ...document, retry: { attempts: 0, delay_ms } });
      expect(answer.status).toBe(200);
    }
    writing = false;
    await reading;
    expect([...seen]).toEqual([true]);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });
});

describe('a hand edit', () => {
  it('[LC-011] is in force for the next run, and a run that is going on keeps what it began with', async () => {
    const text = await onDisk();
    const running = await on.start('ok?tokens=60&delay=20&hand', { provider_id: 'from_env' });
    const stream = await on.follow(`/runs/${running.id}/events`);
    await stream.take(5);
    const edited = text
      .replace(/(id: from_env[\s\S]*?host: )"?[^\s",]+"?/, `$1"${on.upstream.openai_url}"`)
      .replace(/"?\$\{CONTRACT_TEST_KEY\}"?/, 'sk-hand-canary');
    await writeFile(file, edited);
    await until(config, ({ document }) =>
      document.providers.some(({ id, host }) => id === 'from_env' && host === on.upstream.openai_url),
    );
    expect(await keyOfNextRun('from_env', on.upstream, 'ok?edited')).toBe('Bearer sk-hand-canary');
    expect((await stream.rest()).at(-1)).toMatchObject({ event: 'run-finished', data: { status: 'completed' } });
    await writeFile(file, text);
    await until(config, ({ document }) =>
      document.providers.some(({ id, host }) => id === 'from_env' && host === other.openai_url),
    );
  });

  it('[LC-011] that is wrong never stops the service: the last good settings stay, and /health has the line', async () => {
    const text = await onDisk();
    const { document } = await config();
    for (const bad of [
      `${text}\n  - [unclosed`,
      text.replace('default_provider: up', 'default_provider: [up'),
      'null: {{',
    ]) {
      await writeFile(file, bad);
      const sick = await until(health, ({ config_error }) => config_error !== undefined);
      expect(sick).toMatchObject({ status: 'ok', config_error: { line: number, message: filled } });
      expect((await on.get('/health')).status).toBe(200);
      expect((await config()).document).toEqual(document);
      expect(
        (await on.post('/chat/wait', { prompt: 'Still there?', provider_id: 'lama', model_id: 'ok' })).status,
      ).toBe(200);
      await writeFile(file, text);
      expect(await until(health, ({ config_error }) => config_error === undefined)).toMatchObject({ status: 'ok' });
    }
  });

  it('[LC-011] that is wrong at the start does not stop the start', async () => {
    const text = await onDisk();
    await writeFile(file, 'retry: { attempts: lots }\nproviders:\n  - { id: demo, type: demo }\n');
    await on.server.restart();
    expect(await health()).toMatchObject({ status: 'ok', config_error: { line: 1, message: filled } });
    expect((await on.post('/chat/wait', { prompt: 'Hello?' })).status).toBe(200);
    await writeFile(file, text);
    await until(health, ({ config_error }) => config_error === undefined);
    expect((await config()).document.default_provider).toBe('up');
  });
});
