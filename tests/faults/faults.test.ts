/**
 * Every fault of an upstream that the scripted one knows, through the real server, in both dialects:
 * one terminal record, the text that came, the right code, the right number of tries.
 */
import type { MessageTree, Run } from '@lightchat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';
import { closedPort, startUpstream, tokenText, type Upstream } from '../upstream/index.ts';

let upstream: Upstream;
let server: TestServer;
const KEY = 'sk-canary-0123456789abcdef';

beforeAll(async () => {
  upstream = await startUpstream();
  const dead = await closedPort();
  server = await startServer({
    settingsYaml: `
retry: { attempts: 1, delay_ms: 30 }
limits: { headers_local_ms: 700, idle_ms: 500, event_bytes: 65536 }
providers:
  - { id: openai, type: openai, host: "${upstream.openai_url}", api_key: ${KEY} }
  - { id: ollama, type: ollama, host: "${upstream.url}" }
  - { id: dead_openai, type: openai, host: "http://127.0.0.1:${dead}/v1" }
  - { id: dead_ollama, type: ollama, host: "http://127.0.0.1:${dead}" }
`,
  });
});
afterAll(async () => {
  await server?.stop();
  await upstream?.close();
});

interface Ended {
  run: Run;
  text: string;
  reasoning: string;
}

async function ask(provider_id: string, model_id: string): Promise<Ended> {
  const started = await fetch(`${server.url}/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'Go.', provider_id, model_id }),
  });
  const { id, conversation_id, message_id } = (await started.json()) as Run;
  await (await fetch(`${server.url}/runs/${id}/events`)).text();
  const run = (await (await fetch(`${server.url}/runs/${id}`)).json()) as Run;
  const tree = (await (
    await fetch(`${server.url}/api/chat/sessions/${conversation_id}/messages`)
  ).json()) as MessageTree;
  const parts = tree.items.find((message) => message.id === message_id)?.parts ?? [];
  const join = (type: 'text' | 'reasoning') => parts.map((part) => (part.type === type ? part.text : '')).join('');
  return { run, text: join('text'), reasoning: join('reasoning') };
}

const tokens = (count: number) => Array.from({ length: count }, (_, at) => tokenText(at)).join('');
const both = ['openai', 'ollama'] as const;

interface Expected {
  status: Run['status'];
  code?: string;
  text?: string;
  attempts?: number;
  finish_reason?: string;
}

function check({ run, text }: Ended, expected: Expected): void {
  const { status, error, attempts, finish_reason } = run;
  expect({ status, code: error?.error_code, attempts, finish_reason, text }).toEqual({
    status: expected.status,
    code: expected.code,
    attempts: expected.attempts ?? 1,
    finish_reason: expected.finish_reason ?? finish_reason,
    text: expected.text ?? '',
  });
  if (expected.code) expect(error?.message.length).toBeGreaterThan(10);
  expect(JSON.stringify(run)).not.toContain(KEY);
}

/** `tokens` of output, and then this end. */
const faults: { name: string; model: string; only?: 'openai' | 'ollama'; expected: Expected }[] = [
  {
    name: '[U4] no headers',
    model: 'u4-no-headers',
    expected: { status: 'failed', code: 'PROVIDER_TIMEOUT', attempts: 2 },
  },
  {
    name: '[U5] silence before the first token is tried again',
    model: 'u5-silence?tokens=0',
    expected: { status: 'failed', code: 'PROVIDER_TIMEOUT', attempts: 2 },
  },
  {
    name: '[U5] silence in the middle',
    model: 'u5-silence',
    expected: { status: 'interrupted', code: 'PROVIDER_TIMEOUT', text: tokens(3) },
  },
  {
    name: '[U6] bytes that never become an event',
    model: 'u6-drip',
    expected: { status: 'failed', code: 'PROVIDER_TIMEOUT', attempts: 2 },
  },
  {
    name: '[U7] a reset in the middle of an event',
    model: 'u7-reset',
    expected: { status: 'interrupted', code: 'STREAM_INTERRUPTED', text: tokens(3) },
  },
  {
    name: '[U8] an end without an end mark',
    model: 'u8-eof-after-finish',
    expected: { status: 'completed', text: tokens(3) },
  },
  {
    name: '[U9] an end in mid-answer',
    model: 'u9-eof-no-finish',
    expected: { status: 'interrupted', code: 'STREAM_INTERRUPTED', text: tokens(3) },
  },
  {
    name: '[U10] an event that is not JSON',
    model: 'u10-bad-json',
    expected: { status: 'failed', code: 'PROVIDER_ERROR', text: tokens(3) },
  },
  { name: '[U11] one byte at a time', model: 'u11-cuts', expected: { status: 'completed', text: 'Grüße, 😀 😀 世界' } },
  {
    name: '[U11] one byte at a time, CRLF',
    model: 'u11-cuts?ends=crlf',
    expected: { status: 'completed', text: 'Grüße, 😀 😀 世界' },
  },
  { name: '[U12] odd framing', model: 'u12-odd-framing', expected: { status: 'completed', text: 'odd framing' } },
  {
    name: '[U13] a line without an end',
    model: 'u13-huge-line?mb=2',
    expected: { status: 'failed', code: 'PROVIDER_ERROR' },
  },
  {
    name: '[U14] an empty body',
    model: 'u14-empty',
    expected: { status: 'failed', code: 'PROVIDER_ERROR', attempts: 2 },
  },
  {
    name: '[U14] only an end mark',
    model: 'u14-empty?kind=done',
    only: 'openai',
    expected: { status: 'failed', code: 'PROVIDER_ERROR', attempts: 2 },
  },
  { name: '[U15] a login page', model: 'u15-html', expected: { status: 'failed', code: 'PROVIDER_ERROR' } },
  { name: '[U16] a JSON document', model: 'u16-json', expected: { status: 'completed', text: 'all at once' } },
  {
    name: '[U19] a server error',
    model: 'u19-server-error',
    expected: { status: 'failed', code: 'PROVIDER_ERROR', attempts: 2 },
  },
  {
    name: '[LC-007] a server error, once',
    model: 'flaky?tokens=3',
    expected: { status: 'completed', attempts: 2, text: tokens(3) },
  },
  { name: '[U20] a refusal', model: 'u20-refused', expected: { status: 'failed', code: 'PROVIDER_ERROR' } },
  {
    name: '[U20] a refused key',
    model: 'u20-refused?status=401',
    expected: { status: 'failed', code: 'PROVIDER_UNAUTHORIZED' },
  },
  { name: '[U20] a missing model', model: 'u20-no-model', expected: { status: 'failed', code: 'MODEL_NOT_FOUND' } },
  {
    name: '[U21] a prompt that is too long',
    model: 'u21-context',
    expected: { status: 'failed', code: 'CONTEXT_LENGTH_EXCEEDED' },
  },
  {
    name: '[U23] the length limit',
    model: 'u23-length',
    expected: { status: 'completed', finish_reason: 'length', text: tokens(3) },
  },
];

describe.each(both)('through the %s adapter', (provider) => {
  for (const { name, model, only, expected } of faults) {
    if (only && only !== provider) continue;
    it(name, async () =>
      check(await ask(provider, `${model}${model.includes('?') ? '&' : '?'}via=${provider}`), expected),
    );
  }

  it('[U1] a refused connection says where, within a second a try', async () => {
    const began = performance.now();
    const ended = await ask(`dead_${provider}`, 'any');
    check(ended, { status: 'failed', code: 'PROVIDER_UNREACHABLE', attempts: 2 });
    expect(ended.run.error?.message).toContain('127.0.0.1:');
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('[U24] reasoning without an answer is an answer', async () => {
    const ended = await ask(provider, 'u24-reasoning-only');
    check(ended, { status: 'completed' });
    expect(ended.reasoning.length).toBeGreaterThan(0);
  });

  it('[C8] stop reaches the upstream', async () => {
    const model_id = `u26-endless?burst=1&delay=20&via=${provider}`;
    const started = await fetch(`${server.url}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'Go.', provider_id: provider, model_id }),
    });
    const { id } = (await started.json()) as Run;
    await upstream.waitFor((request) => request.model === model_id);
    const stopped = await fetch(`${server.url}/runs/${id}/stop`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(await stopped.json()).toMatchObject({ status: 'stopped', finish_reason: 'stopped' });
    const request = await upstream.waitFor(({ model, outcome }) => model === model_id && outcome !== 'open');
    expect(request.outcome).toBe('aborted');
  });
});

describe('only OpenAI-compatible servers', () => {
  for (const shape of ['openrouter', 'string', 'object', 'vllm', 'event', 'overloaded']) {
    it(`[U17] an error inside the stream, as ${shape} writes it`, async () => {
      const ended = await ask('openai', `u17-error?shape=${shape}`);
      check(ended, { status: 'failed', code: ended.run.error?.error_code ?? 'none', text: tokens(3) });
      expect(['PROVIDER_ERROR', 'RATE_LIMITED']).toContain(ended.run.error?.error_code);
    });
  }

  it('[U17] an error as the first event is tried again', async () => {
    check(await ask('openai', 'u17-error?shape=object&tokens=0'), {
      status: 'failed',
      code: 'PROVIDER_ERROR',
      attempts: 2,
    });
  });

  it('[U18] a rate limit is waited for as long as it asks, unless that is too long or nobody says', async () => {
    const soon = await ask('openai', 'u18-rate-limit?retry-after-ms=50');
    check(soon, { status: 'failed', code: 'RATE_LIMITED', attempts: 2 });
    for (const later of ['retry-after=31536000', 'retry-after=soonish', 'code=insufficient_quota']) {
      check(await ask('openai', `u18-rate-limit?${later}`), { status: 'failed', code: 'RATE_LIMITED', attempts: 1 });
    }
  });
});

describe('only Ollama', () => {
  it('[U17] an error line inside the stream', async () => {
    check(await ask('ollama', 'u17-error'), { status: 'failed', code: 'PROVIDER_ERROR', text: tokens(3) });
  });
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
