/**
 * Every fault of an upstream, through the real server, in both dialects: exactly one end, the same to the reader and in
 * the store, with the text that came, the right code, the right number of tries, and no socket left open.
 */
import type { Run } from '@lightchat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';
import {
  closedPort,
  scenarioOf,
  scenarios,
  startTlsFront,
  startUpstream,
  TLS_AUTHORITY,
  type TlsFront,
  tokenText,
  type Upstream,
} from '../upstream/index.ts';
import { type Answered, ask } from './ask.ts';
import { catalogue } from './catalogue.ts';

const KEY = 'sk-canary-0123456789abcdef';
const tlsFaults = ['good', 'expired', 'wrong-host', 'self-signed', 'old-version'] as const;
const dialects = ['openai', 'ollama'] as const;

let upstream: Upstream;
let other: Upstream;
let fronts: TlsFront[];
let server: TestServer;

beforeAll(async () => {
  upstream = await startUpstream();
  other = await startUpstream();
  fronts = await Promise.all(tlsFaults.map((fault) => startTlsFront(upstream.port, fault)));
  const dead = `http://127.0.0.1:${await closedPort()}`;
  const hosts = {
    dead,
    lost: 'http://no-such-host.invalid',
    ...Object.fromEntries(tlsFaults.map((fault, at) => [fault, fronts[at]?.url ?? ''])),
  };
  const providers = Object.entries(hosts).flatMap(([name, host]) => [
    `  - { id: ${name}_openai, type: openai, host: "${host}/v1", api_key: ${KEY} }`,
    `  - { id: ${name}_ollama, type: ollama, host: "${host}", api_key: ${KEY} }`,
  ]);
  server = await startServer({
    env: { NODE_EXTRA_CA_CERTS: TLS_AUTHORITY },
    settingsYaml: `
retry: { attempts: 1, delay_ms: 30 }
limits: { headers_local_ms: 700, idle_ms: 500, event_bytes: 65536, output_bytes: 100000 }
providers:
  - { id: openai, type: openai, host: "${upstream.openai_url}", api_key: ${KEY} }
  - { id: ollama, type: ollama, host: "${upstream.url}" }
  - { id: spared_openai, type: openai, host: "${upstream.openai_url}", fallbacks: ["gone/x", "openai/ok?tokens=3"] }
  - { id: spared_ollama, type: ollama, host: "${upstream.url}", fallbacks: ["gone/x", "openai/ok?tokens=3"] }
${providers.join('\n')}
`,
  });
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([upstream, other, ...(fronts ?? [])].map((one) => one?.close()));
});

/** What holds for every end, however bad. */
function checkEnd({ run, events, stored, told }: Answered): void {
  expect(told).toEqual(stored);
  expect(run).toMatchObject({ status: stored.status, finish_reason: stored.finish_reason, attempts: stored.attempts });
  const ends = events.filter(({ event }) => event === 'done' || event === 'error');
  expect(ends).toEqual([events.at(-1)]);
  expect(run.error?.error_code).toBe(stored.code);
  if (run.error) expect(run.error.message.length).toBeGreaterThan(10);
  expect(JSON.stringify([run, events])).not.toContain(KEY);
}

const own = (model: string, provider: string) => `${model}${model.includes('?') ? '&' : '?'}via=${provider}`;

/** Nobody holds a connection to the upstream for this model any more. */
function upstreamIsFree(model_id: string): Promise<unknown> {
  const mine = () => upstream.requests.filter(({ model }) => model === model_id);
  return upstream.waitFor(() => mine().every(({ outcome }) => outcome !== 'open'));
}

describe.each(dialects)('through the %s adapter', (provider) => {
  for (const { id, name, model, expected, prompt_length } of catalogue) {
    const outcome = expected[provider];
    if (!outcome) continue;
    it(`[${id}] ${name}`, async () => {
      const model_id = own(model, provider);
      const answered = await ask(server.url, provider, model_id, prompt_length ? 'x'.repeat(prompt_length) : undefined);
      checkEnd(answered);
      expect(answered.stored).toEqual(outcome);
      await upstreamIsFree(model_id);
    });
  }

  it('[U1] a refused connection says where, soon', async () => {
    const began = performance.now();
    const answered = await ask(server.url, `dead_${provider}`, 'any');
    expect(performance.now() - began).toBeLessThan(5000);
    checkEnd(answered);
    expect(answered.stored).toMatchObject({ status: 'failed', code: 'PROVIDER_UNREACHABLE', attempts: 2 });
    expect(answered.run.error?.message).toMatch(/127\.0\.0\.1:\d+.*(Is Ollama running|Is the server running)/);
  });

  it('[U2] a host that does not exist is named', async () => {
    const answered = await ask(server.url, `lost_${provider}`, 'any');
    checkEnd(answered);
    expect(answered.stored).toMatchObject({ status: 'failed', code: 'PROVIDER_UNREACHABLE' });
    expect(answered.run.error?.message).toContain('no-such-host.invalid:80');
    // Without a network the name server cannot be asked, which may pass.
    expect(answered.run.attempts).toBe(answered.run.error?.details.cause === 'ENOTFOUND' ? 1 : 2);
  });

  it.each(tlsFaults.slice(1))(
    '[U3] TLS with %s: refused without another try, and the key goes nowhere',
    async (fault) => {
      const model_id = own(`ok?tls=${fault}`, provider);
      const answered = await ask(server.url, `${fault}_${provider}`, model_id);
      checkEnd(answered);
      expect(answered.stored).toMatchObject({ status: 'failed', code: 'PROVIDER_UNREACHABLE', attempts: 1 });
      expect(answered.run.error?.message).toMatch(/certificate or encryption was not accepted/);
      expect(upstream.requests.filter(({ model }) => model === model_id)).toEqual([]);
    },
  );

  it('[U3] TLS as it should be is accepted', async () => {
    const { stored } = await ask(server.url, `good_${provider}`, own('ok?tokens=3', `tls-${provider}`));
    expect(stored).toMatchObject({ status: 'completed', text: 'token0 token1 token2 ' });
  });

  it('[U26] an answer without an end is cut at the limit, and the provider stopped', async () => {
    const model_id = own('u26-endless?delay=0&burst=50', provider);
    const answered = await ask(server.url, provider, model_id);
    checkEnd(answered);
    const { status, code, text, attempts } = answered.stored;
    expect({ status, code, attempts }).toEqual({ status: 'interrupted', code: 'PROVIDER_ERROR', attempts: 1 });
    expect(text.length).toBeGreaterThan(100_000);
    const count = text.split(' ').length;
    expect(
      Array.from({ length: count }, (_, n) => tokenText(n))
        .join('')
        .startsWith(text),
    ).toBe(true);
    await upstreamIsFree(model_id);
  });

  it('[U26] [C8] stop reaches the provider', async () => {
    const model_id = own('u26-endless?burst=1&delay=20', provider);
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ prompt: 'Go.', provider_id: provider, model_id });
    const { id } = (await (await fetch(`${server.url}/runs`, { ...post, body })).json()) as Run;
    await upstream.waitFor((request) => request.model === model_id);
    const stopped = await fetch(`${server.url}/runs/${id}/stop`, post);
    expect(await stopped.json()).toMatchObject({ status: 'stopped', finish_reason: 'stopped' });
    await upstream.waitFor(({ model, outcome }) => model === model_id && outcome === 'aborted');
  });

  it.each([301, 302, 307, 308])('[U28] a redirect (%d) is not followed, and the key goes nowhere', async (status) => {
    const model_id = own(`u28-redirect?status=${status}&to=${other.url}/v1/chat/completions`, provider);
    const answered = await ask(server.url, provider, model_id);
    checkEnd(answered);
    expect(answered.stored).toMatchObject({ status: 'failed', code: 'PROVIDER_ERROR', attempts: 1 });
    expect(answered.run.error?.message).toContain(other.url);
    expect(other.requests).toEqual([]);
  });

  it('[LC-007] after its tries the fallback answers, and the run says who it was', async () => {
    const model_id = own('u19-server-error', `spared-${provider}`);
    const { run, stored } = await ask(server.url, `spared_${provider}`, model_id);
    expect(stored).toMatchObject({ status: 'completed', text: 'token0 token1 token2 ', attempts: 3 });
    expect(run).toMatchObject({ provider_id: 'openai', model_id: 'ok?tokens=3', attempts: 3 });
    expect(upstream.requests.filter(({ model }) => model === model_id)).toHaveLength(2);
  });

  it('[LC-007] once there is output, no fallback is asked', async () => {
    const { run, stored } = await ask(server.url, `spared_${provider}`, own('u7-reset', `spared-${provider}`));
    expect(stored).toMatchObject({ status: 'interrupted', text: 'token0 token1 token2 ', attempts: 1 });
    expect(run.provider_id).toBe(`spared_${provider}`);
  });
});

it('[LC-019] the catalogue plays scenarios that exist, and has every fault from U4 on that one answer can show', () => {
  for (const { model } of catalogue) expect(Object.keys(scenarios)).toContain(scenarioOf(model));
  const ids = new Set(catalogue.map(({ id }) => id));
  const apart = ['U26', 'U28']; // tests of their own, above
  const all = Array.from({ length: 27 }, (_, n) => `U${n + 4}`);
  expect(all.filter((id) => !ids.has(id as 'U4'))).toEqual(apart);
});

it('[L11] the key reached the upstream and nothing else', async () => {
  const sent = upstream.requests.filter(({ headers }) => headers.authorization === `Bearer ${KEY}`);
  expect(sent.length).toBeGreaterThan(0);
  const answers = await Promise.all(
    ['/config', '/providers', '/logs?limit=1000', '/health', '/models/openai', '/api/chat/sessions'].map(async (path) =>
      (await fetch(server.url + path)).text(),
    ),
  );
  expect(answers.join()).not.toContain(KEY);
  expect(server.stderr()).not.toContain(KEY);
});
