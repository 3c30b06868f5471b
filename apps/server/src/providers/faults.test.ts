/** The fault catalogue, played by the scripted upstream against both HTTP adapters. */
import { limitsSchema } from '@lightchat/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closedPort, startUpstream, type Upstream } from '../../../../tests/upstream/index.ts';
import type { LLMProvider } from '../engine/ports.ts';
import { createUpstreamHttp } from './kit/upstream-http.ts';
import { createOllamaProvider } from './ollama/index.ts';
import { createOpenAIProvider } from './openai/index.ts';
import { collect, errorOf, HELLO, summarize } from './testing/collect.ts';

const KEY = 'sk-very-secret-key-9876';
const THREE = 'token0 token1 token2 ';

const adapters = [
  {
    name: 'OpenAI-compatible',
    type: 'openai',
    create: createOpenAIProvider,
    host: ({ openai_url }: Upstream) => openai_url,
  },
  { name: 'Ollama', type: 'ollama', create: createOllamaProvider, host: ({ url }: Upstream) => url },
] as const;

describe.each(adapters)('$name under faults', ({ type, create, host }) => {
  const http = createUpstreamHttp();
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterEach(() => upstream.reset());
  afterAll(async () => {
    await http.destroy();
    await upstream.close();
  });

  /** What Ollama's format cannot express. */
  const onlyOpenAI = (title: string, run: () => Promise<void>) => type === 'openai' && it(title, run);
  const open = (limits: object = {}, at = host(upstream)): LLMProvider =>
    create({ id: 'p1', type, host: at, api_key: KEY, name: 'The Box' }, http, limitsSchema.parse(limits));
  const play = async (model: string, limits: object = {}) => summarize(await collect(open(limits), model));

  it('[U1] a refused connection names host and port and what to do, within a second', async () => {
    const port = await closedPort();
    const started = performance.now();
    const { error, retry } = errorOf(await collect(open({}, `http://127.0.0.1:${port}/v1`), 'ok'));
    expect(performance.now() - started).toBeLessThan(3000);
    expect(retry).toBe('safe');
    expect(error.error_code).toBe('PROVIDER_UNREACHABLE');
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.message).toMatch(type === 'ollama' ? /Is Ollama running\?.*ollama serve/ : /Is the server running/);
    await expect(open({}, `http://127.0.0.1:${port}`).listModels(AbortSignal.timeout(5000))).rejects.toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
    });
  });

  it('[U2] an unknown host name is final', async () => {
    const { error, retry } = errorOf(await collect(open({}, 'http://no-such-host.invalid/v1'), 'ok'));
    expect(error.error_code).toBe('PROVIDER_UNREACHABLE');
    expect(error.message).toContain('no-such-host.invalid:80');
    // Without a network the name server cannot be asked, which may pass.
    expect(retry).toBe(error.details.cause === 'ENOTFOUND' ? 'never' : 'safe');
  });

  it('[U4] no headers in time is a timeout, and the request is given up', async () => {
    const summary = await play('u4-no-headers', { headers_local_ms: 100 });
    expect(summary.end).toBe('PROVIDER_TIMEOUT before-output headers_timeout');
    await upstream.waitFor(({ outcome }) => outcome === 'aborted');
  });

  it('[U5] silence after some output keeps it and is a timeout', async () => {
    const summary = await play('u5-silence', { idle_ms: 150 });
    expect(summary).toMatchObject({ text: THREE, end: 'PROVIDER_TIMEOUT before-output idle_timeout' });
    await upstream.waitFor(({ outcome }) => outcome === 'aborted');
  });

  it('[U6] bytes that never become an event do not count as progress', async () => {
    expect((await play('u6-drip', { idle_ms: 200 })).end).toBe('PROVIDER_TIMEOUT before-output idle_timeout');
  });

  onlyOpenAI('[U6] comments keep the answer alive longer than silence, but not for ever', async () => {
    const started = performance.now();
    const summary = await play('u6-drip?kind=comments&delay=10', { idle_ms: 150 });
    expect(summary.end).toBe('PROVIDER_TIMEOUT before-output idle_timeout');
    expect(performance.now() - started).toBeGreaterThan(300);
  });

  it('[U7] a reset in the middle of an event keeps the whole events before it', async () => {
    expect(await play('u7-reset')).toMatchObject({ text: THREE, end: 'STREAM_INTERRUPTED before-output' });
  });

  it('[U8] the end of the body after the finish reason is a finished answer', async () => {
    expect(await play('u8-eof-after-finish')).toMatchObject({ text: THREE, end: 'finish stop' });
  });

  it('[U9] the end of the body without a finish reason is never a finish', async () => {
    expect(await play('u9-eof-no-finish')).toMatchObject({
      text: THREE,
      end: 'STREAM_INTERRUPTED before-output no_finish',
    });
  });

  it('[U9] an end mark without a reason finishes an answer that has output', async () => {
    expect(await play('u9-done-no-finish')).toMatchObject({ text: THREE, end: 'finish stop' });
  });

  it('[U10] an event that is not JSON fails the answer instead of being skipped', async () => {
    expect(await play('u10-bad-json')).toMatchObject({
      text: THREE,
      end: 'PROVIDER_ERROR before-output bad_upstream_event',
    });
  });

  it.each(['lf', 'crlf'])('[U11] single bytes over a real socket give the same text (%s)', async (ends) => {
    expect(await play(`u11-cuts?ends=${ends}`)).toMatchObject({ text: 'Grüße, 😀 😀 世界', end: 'finish stop' });
  });

  it('[U12] odd but legal framing is read as the standards say', async () => {
    const events = await collect(open(), 'u12-odd-framing');
    expect(summarize(events)).toMatchObject({ text: 'odd framing', end: 'finish stop' });
    expect(JSON.stringify(events)).not.toContain('evil-id');
  });

  it('[U13] a huge event is cut off at the bound, and the sender is stopped', async () => {
    expect((await play('u13-huge-line?mb=50')).end).toBe('PROVIDER_ERROR never event_too_large');
    await upstream.waitFor(({ outcome }) => outcome === 'aborted');
  });

  it.each(['body', 'done', 'stop'])('[U14] an empty answer (%s) is not a blank success', async (kind) => {
    expect((await play(`u14-empty?kind=${kind}`)).end).toBe('PROVIDER_ERROR before-output empty_response');
  });

  it.each(['u15-html', 'u15-html?type=text/plain', 'u15-html?type=text/event-stream'])(
    '[U15] a web page is told by its title and never passed on: %s',
    async (model) => {
      const { error, retry } = errorOf(await collect(open(), model));
      expect([error.error_code, retry, error.details.reason]).toEqual(['PROVIDER_ERROR', 'never', 'not_an_api']);
      expect(error.message).toContain('Hotel Wi-Fi & lounge');
      expect(JSON.stringify(error)).not.toContain('<script>');
    },
  );

  it('[U16] one JSON document instead of a stream is one answer', async () => {
    const events = await collect(open(), 'u16-json');
    expect(summarize(events)).toMatchObject({ text: 'all at once', end: 'finish stop' });
    const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 };
    expect(events).toContainEqual({ type: 'usage', usage });
  });

  it('[U16] a JSON error with status 200 is an error', async () => {
    const { error } = errorOf(await collect(open(), 'u16-json?kind=error'));
    expect(error.error_code).toBe('PROVIDER_ERROR');
    expect(error.message).toContain('the model crashed');
  });

  const shapes =
    type === 'ollama'
      ? [['line', 'llama runner process has terminated']]
      : [
          ['openrouter', 'Provider disconnected'],
          ['string', 'out of memory'],
          ['object', 'the slot was lost'],
          ['vllm', 'engine died'],
          ['event', 'stream failed'],
          ['event-text', 'upstream connect error'],
          ['overloaded', 'Overloaded'],
          ['finish', ''],
        ];
  it.each(shapes)(
    '[U17] an error in the stream, shape %s, is recognised after output and as the first event',
    async (shape, says) => {
      for (const [tokens, text] of [
        ['3', THREE],
        ['0', ''],
      ]) {
        const events = await collect(open(), `u17-error?shape=${shape}&tokens=${tokens}`);
        expect(summarize(events)).toMatchObject({ text, end: 'PROVIDER_ERROR before-output' });
        expect(errorOf(events).error.message).toContain(says);
      }
    },
  );

  onlyOpenAI('[U17] a rate limit inside the stream keeps its meaning', async () => {
    expect((await play('u17-error?shape=rate-limit')).end).toBe('RATE_LIMITED never');
  });

  it.each([
    ['retry-after=7', 7000],
    ['retry-after=0', 0],
    ['retry-after=-5', 0],
    ['retry-after=31536000', 31_536_000_000],
    ['retry-after-ms=250', 250],
    ['retry-after=soon', undefined],
    ['', undefined],
  ])('[U18] a rate limit with "%s" reports what was asked', async (asked, ms) => {
    const event = errorOf(await collect(open(), `u18-rate-limit?${asked}`));
    expect(event.error.error_code).toBe('RATE_LIMITED');
    // Without a wish to wait for, trying again soon only makes it worse.
    expect(event.retry).toBe(ms === undefined ? 'never' : 'safe');
    expect(event.retry_after_ms).toBe(ms);
    expect(event.error.details.retry_after_ms).toBe(ms);
  });

  onlyOpenAI('[U18] a used-up quota is not worth another try', async () => {
    const event = errorOf(await collect(open(), 'u18-rate-limit?code=insufficient_quota&retry-after=1'));
    expect([event.error.error_code, event.retry]).toEqual(['RATE_LIMITED', 'never']);
    expect(event.error.details.quota_spent).toBe(true);
  });

  it.each([500, 502, 503, 529])('[U19] status %d may be tried again before output', async (status) => {
    const { error, retry } = errorOf(await collect(open(), `u19-server-error?status=${status}`));
    expect([error.error_code, error.details.status, retry]).toEqual(['PROVIDER_ERROR', status, 'before-output']);
  });

  it.each([
    [400, 'PROVIDER_ERROR'],
    [402, 'PROVIDER_ERROR'],
    [413, 'PROVIDER_ERROR'],
    [422, 'PROVIDER_ERROR'],
  ])('[U20] status %d is final, quotes the reason and never the key', async (status, code) => {
    const { error, retry } = errorOf(await collect(open(), `u20-refused?status=${status}`));
    expect([error.error_code, retry]).toEqual([code, 'never']);
    expect(error.message).toContain('Incorrect request with');
    expect(JSON.stringify(error)).not.toContain(KEY);
    expect(error.message).not.toContain('\u001b');
  });

  it.each([401, 403])('[U20] status %d tells which key by its last four characters', async (status) => {
    const { error, retry } = errorOf(await collect(open(), `u20-refused?status=${status}`));
    expect([error.error_code, retry]).toEqual(['PROVIDER_UNAUTHORIZED', 'never']);
    expect(error.message).toContain('ending in 9876');
    expect(JSON.stringify(error)).not.toContain(KEY);
  });

  it('[U20] a missing model names it and how to get one', async () => {
    const { error, retry } = errorOf(await collect(open(), 'u20-no-model'));
    expect([error.error_code, retry, error.message.includes('u20-no-model')]).toEqual([
      'MODEL_NOT_FOUND',
      'never',
      true,
    ]);
    if (type === 'ollama') expect(error.message).toContain('ollama pull u20-no-model');
  });

  it('[U21] too long a conversation is its own error', async () => {
    expect((await play('u21-context')).end).toBe('CONTEXT_LENGTH_EXCEEDED never');
  });

  it('[U22] a content filter is a finish with that reason', async () => {
    expect(await play('u22-content-filter')).toMatchObject({ text: THREE, end: 'finish content_filter' });
  });

  it('[U23] the length limit is a finish with that reason', async () => {
    expect(await play('u23-length')).toMatchObject({ text: THREE, end: 'finish length' });
  });

  it('[U24] reasoning without an answer is an answer', async () => {
    expect(await play('u24-reasoning-only')).toEqual({
      text: '',
      reasoning: 'Hmm, no.',
      calls: [],
      end: 'finish stop',
    });
  });

  it('[U25] a tool call comes whole', async () => {
    expect(await play('u25-tool-call')).toMatchObject({ calls: ['add({"a":1,"b":2})'], end: 'finish tool_calls' });
  });

  it('[U26] what nobody reads is not read from the network either', async () => {
    const abort = new AbortController();
    const request = { model_id: 'u26-endless?delay=0&burst=50', messages: [HELLO] };
    const stream = open().chatStream(request, abort.signal)[Symbol.asyncIterator]();
    await stream.next();
    // The sender gets stuck only when the kernel's buffers are full, which hold far more than our bound.
    await upstream.waitFor(({ blocked }) => blocked);
    let size = 0;
    const { value } = await stream.next();
    for (const event of value ?? []) if (event.type === 'text-delta') size += event.text.length;
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(200_000);
    abort.abort();
    await upstream.waitFor(({ outcome }) => outcome === 'aborted');
  });

  it('[U27] a compressed answer is refused', async () => {
    expect((await play('u27-compressed')).end).toBe('PROVIDER_ERROR never compressed');
  });

  it.each([301, 302, 307, 308])('[U28] a redirect (%d) is refused, and the key goes nowhere', async (status) => {
    const other = await startUpstream();
    const { error, retry } = errorOf(
      await collect(open(), `u28-redirect?status=${status}&to=${other.url}/v1/chat/completions`),
    );
    expect([error.error_code, error.details.reason, retry]).toEqual(['PROVIDER_ERROR', 'redirected', 'never']);
    expect(error.message).toContain(other.url);
    expect(other.requests).toEqual([]);
    await other.close();
  });

  it('[U29] whatever follows the end is ignored, and the connection is closed soon', async () => {
    expect(await play('u29-talks-on')).toMatchObject({ text: THREE, end: 'finish stop' });
    await upstream.waitFor(({ outcome }) => outcome === 'aborted');
  });

  it('[U30] a refusal that comes before the request was read is understood', async () => {
    const request = {
      model_id: 'u30-early-refusal',
      messages: [{ role: 'user' as const, text: 'x'.repeat(8_000_000) }],
    };
    const { error, retry } = errorOf(await collect(open(), request));
    expect([error.error_code, error.details.status, retry]).toEqual(['PROVIDER_ERROR', 413, 'never']);
  });

  it('[LC-008] the key travels in the authorization header and nowhere else', async () => {
    await collect(open(), 'ok');
    const [request] = upstream.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.stringify({ ...request, headers: { ...request?.headers, authorization: '' } })).not.toContain(KEY);
  });

  it('[LC-007] the adapter itself never tries again', async () => {
    await collect(open(), 'flaky?fails=3');
    expect(upstream.count('flaky')).toBe(1);
  });
});
