/** `/v1`: what any client of OpenAI may count on, seen from outside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTEXT_LENGTH, startUpstream, tokenText, type Upstream } from '../upstream/index.ts';
import { type Answer, CANARY, type ContractServer, startContractServer, until } from './support/contract-server.ts';
import type { Json } from './support/event-stream.ts';
import { rawRequest } from './support/raw-request.ts';
import { filled, number } from './support/shapes.ts';

let on: ContractServer;
let hanging: Upstream;
beforeAll(async () => {
  hanging = await startUpstream();
  hanging.listing = 'hang';
  on = await startContractServer({
    settings:
      'retry: { attempts: 1, delay_ms: 20 }\nlimits: { heartbeat_ms: 150, headers_local_ms: 1500, idle_ms: 800 }',
    providers: `  - { id: nobody, type: openai, host: "http://127.0.0.1:1/v1" }
  - { id: hanging, type: openai, host: "${hanging.openai_url}", api_key: x }
  - { id: spare, type: openai, host: "http://127.0.0.1:1/v1", fallbacks: [up/ok] }`,
  });
});
afterAll(async () => {
  await on?.stop();
  await hanging?.close();
});

const messages = [{ role: 'user', content: 'Go.' }];
const ask = (model: string, more: Json = {}, headers?: Record<string, string>) =>
  on.post('/v1/chat/completions', { model, messages, ...more }, headers);
const stream = (model: string, more: Json = {}, headers?: Record<string, string>) =>
  ask(model, { stream: true, ...more }, headers);
const numbered = (count: number) => Array.from({ length: count }, (_, at) => tokenText(at)).join('');
/** The request body as the provider got it. */
const echoed = async (more: Json, provider = 'up') => {
  const { json } = await ask(`${provider}/echo`, more);
  const [choice] = json.choices as { message: { content: string } }[];
  return JSON.parse(choice?.message.content ?? '') as Json;
};

interface Chunk {
  id: string;
  choices: { index: number; delta: Json; finish_reason: string | null }[];
  usage?: Json;
  error?: Json;
}
interface Streamed {
  ids: string[];
  chunks: Chunk[];
  text: string;
}
/** The chunks before `[DONE]`, which must be the end. */
function read(answer: Answer): Streamed {
  const lines = answer.text.split('\n');
  const of = (name: string) => lines.flatMap((line) => (line.startsWith(name) ? [line.slice(name.length)] : []));
  const data = of('data: ');
  expect(data.at(-1)).toBe('[DONE]');
  const chunks = data.slice(0, -1).map((text) => JSON.parse(text) as Chunk);
  const text = chunks.map(({ choices }) => choices?.[0]?.delta.content ?? '').join('');
  return { ids: of('id: '), chunks, text };
}
const envelope = (more: Json = {}) => ({
  error: { message: expect.stringMatching(/.{10}/), type: filled, param: null, code: null, ...more },
});

describe('POST /v1/chat/completions', () => {
  it('[CP-1] is the role, the words, the reason and the end mark, each event with its id', async () => {
    const answer = await stream('up/ok');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(answer.headers.get('x-request-id')).toMatch(/./);
    const { chunks, ids, text } = read(answer);
    expect(text).toBe(numbered(20));
    const [first] = chunks;
    expect(first).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion.chunk',
      created: number,
      model: 'up/ok',
      choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
    });
    for (const { choices, usage, ...head } of chunks) {
      expect({ ...head, choices: first?.choices }).toEqual(first);
      expect([usage, choices.length, choices[0]?.index]).toEqual([undefined, 1, 0]);
    }
    expect(chunks.filter(({ choices }) => choices[0]?.delta.role)).toHaveLength(1);
    expect(chunks.at(-1)?.choices).toEqual([{ index: 0, delta: {}, finish_reason: 'stop' }]);
    expect(ids).toEqual(ids.map((_, at) => `${first?.id}:${at}`));
    expect(ids).toHaveLength(chunks.length + 1);
  });

  it('[CP-1] tells the usage in a last chunk of its own, when asked', async () => {
    const { chunks } = read(await stream('up/ok', { stream_options: { include_usage: true } }));
    const last = chunks.at(-1);
    expect(last?.choices).toEqual([]);
    expect(last?.usage).toMatchObject({ prompt_tokens: number, completion_tokens: 20, total_tokens: number });
    expect(chunks.slice(0, -1).some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('[CP-1] whole, is one completion', async () => {
    for (const model of ['up/ok', 'lama/ok']) {
      const { status, json } = await ask(model);
      expect(status).toBe(200);
      expect(json).toEqual({
        id: expect.stringMatching(/^chatcmpl-/),
        object: 'chat.completion',
        created: number,
        model,
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: numbered(20), refusal: null },
            logprobs: null,
            finish_reason: 'stop',
          },
        ],
        usage: expect.objectContaining({ completion_tokens: 20 }),
      });
    }
  });

  it('[CP-1] takes a bare id, camelCase, and anything it does not know', async () => {
    const { status, json } = await ask('ok', { topP: 0.5, tools: [], somethingElse: { a: 1 }, store: true });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      choices: [{ finishReason: 'stop', message: { content: numbered(20) } }],
      usage: { promptTokens: number, completionTokens: 20, totalTokens: number },
    });
  });

  it('[CP-1] hands everything on, and no more tokens than the model holds', async () => {
    await until(
      () => on.get('/v1/models'),
      ({ text }) => text.includes('"up/ok"'),
    );
    const body = await echoed({
      temperature: 0.1,
      max_tokens: 32_000,
      seed: 7,
      stop: 'END',
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Add.' }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '3' },
      ],
    });
    expect(body).toMatchObject({
      model: 'echo',
      temperature: 0.1,
      seed: 7,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Add.' },
        { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'add', arguments: '{"a":1}' } }] },
        { role: 'tool', tool_call_id: 'call_1', content: '3' },
      ],
    });
    expect(body.stop).toEqual(['END']);
    expect(body.max_tokens).toBeLessThan(CONTEXT_LENGTH);
    expect(body.max_tokens).toBeGreaterThan(CONTEXT_LENGTH / 2);
    expect((await echoed({ max_completion_tokens: 50 })).max_tokens).toBe(50);
  });

  it('[CP-8] gives tool calls whole and numbered', async () => {
    for (const kind of ['fragments', 'same-index', 'interleaved', 'no-id']) {
      const { chunks } = read(await stream(`up/u25-tool-call?kind=${kind}`));
      const calls = chunks.flatMap(({ choices }) => (choices[0]?.delta.tool_calls ?? []) as Json[]);
      expect(calls.length).toBeGreaterThan(0);
      for (const [index, call] of calls.entries()) {
        expect(call).toEqual({
          index,
          id: filled,
          type: 'function',
          function: { name: 'add', arguments: '{"a":1,"b":2}' },
        });
      }
      expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
      expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
    }
  });

  it('[CP-1] gives reasoning under both of its names', async () => {
    const { chunks } = read(await stream('up/thinking'));
    const thought = (name: string) => chunks.map(({ choices }) => choices[0]?.delta[name] ?? '').join('');
    expect(thought('reasoning_content')).toBe('Let me think about it.');
    expect(thought('reasoning')).toBe('Let me think about it.');
  });

  it('[CW-3] can be resumed where it was asked to be: exactly the rest', async () => {
    const whole = await stream('up/ok', {}, { 'x-lightchat-resume': 'true' });
    const { ids } = read(whole);
    for (const at of [0, 7, ids.length - 2]) {
      const rest = await on.post('/v1/chat/completions', undefined, { 'last-event-id': ids[at] ?? '' });
      expect(whole.text.endsWith(rest.text)).toBe(true);
      expect(read(rest).ids).toEqual(ids.slice(at + 1));
    }
    const { ids: others } = read(await stream('up/ok'));
    for (const id of [others[3] ?? '', 'chatcmpl-none:1', '?']) {
      const refused = await on.post('/v1/chat/completions', undefined, { 'last-event-id': id });
      expect([refused.status, refused.json]).toEqual([
        404,
        envelope({ type: 'invalid_request_error', code: 'not_found' }),
      ]);
    }
  });

  it('[CP-5] is stopped by hanging up, and keeps the connection alive until then', async () => {
    const model = 'u4-no-headers?who=hangs-up';
    const hangUp = new AbortController();
    const response = await fetch(`${on.server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: `up/${model}`, messages, stream: true }),
      signal: hangUp.signal,
    });
    expect(response.status).toBe(200);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes(': keep-alive')) text += (await reader?.read())?.value ?? '';
    expect(text).toContain('"role":"assistant"');
    hangUp.abort();
    await on.upstream.waitFor((request) => request.model === model && request.outcome === 'aborted');
  });
});

describe('a failure', () => {
  it.each([
    ['up/u18-rate-limit?retry-after=120', 429, { type: 'rate_limit_error', code: 'rate_limit_exceeded' }],
    ['up/u18-rate-limit?code=insufficient_quota', 429, { type: 'insufficient_quota', code: 'insufficient_quota' }],
    ['up/u21-context', 400, { type: 'invalid_request_error', code: 'context_length_exceeded', param: 'messages' }],
    ['up/u20-no-model', 404, { type: 'invalid_request_error', code: 'model_not_found', param: 'model' }],
    ['lama/u20-no-model', 404, { type: 'invalid_request_error', code: 'model_not_found', param: 'model' }],
    ['up/u20-refused', 400, { type: 'invalid_request_error', code: 'provider_refused' }],
    ['up/u20-refused?status=401', 502, { type: 'upstream_error', code: 'provider_unauthorized' }],
    ['up/u19-server-error', 502, { type: 'upstream_error', code: 'provider_error' }],
    ['up/u14-empty', 502, { type: 'upstream_error', code: 'provider_error' }],
    ['nobody/any', 502, { type: 'upstream_error', code: 'provider_unreachable' }],
  ])('[LC-008] before the first word has a status and the envelope: %s', async (model, status, error) => {
    for (const answer of [await ask(model), await stream(model)]) {
      expect({ status: answer.status, body: answer.json }).toEqual({ status, body: envelope(error) });
      expect(answer.text).not.toContain(CANARY);
    }
  });

  it('[LC-008] says whether and when to try again', async () => {
    const later = await stream('up/u18-rate-limit?retry-after=120');
    expect(later.headers.get('retry-after')).toBe('120');
    expect(later.headers.get('x-should-retry')).toBeNull();
    for (const useless of ['up/u18-rate-limit?code=insufficient_quota', 'up/u20-refused?status=401']) {
      expect((await ask(useless)).headers.get('x-should-retry')).toBe('false');
    }
  });

  it.each(['u7-reset', 'u9-eof-no-finish', 'u10-bad-json', 'u17-error?shape=object', 'u5-silence'])(
    '[LC-008] in the middle is an event, and the stream ends properly: %s',
    async (scenario) => {
      const { chunks, text } = read(await stream(`up/${scenario}`));
      expect(text).toBe(numbered(3));
      expect(chunks.at(-1)).toEqual(envelope({ code: filled }));
      expect(chunks.some(({ choices }) => choices?.[0]?.finish_reason)).toBe(false);
      expect((await ask(`up/${scenario}`)).status).toBeGreaterThanOrEqual(500);
    },
  );

  it('[LC-007] before the first word is tried again, or another model answers and is named', async () => {
    expect(read(await stream('up/flaky?tokens=3&who=gateway')).text).toBe(numbered(3));
    const other = await ask('spare/any');
    expect(other.json).toMatchObject({ model: 'up/ok', choices: [{ message: { content: numbered(20) } }] });
    expect(read(await stream('spare/any')).chunks[0]).toMatchObject({ model: 'up/ok' });
  });
});

describe('GET /v1/models', () => {
  it('[CP-2] lists every provider that answers, and waits for none that does not', async () => {
    const start = performance.now();
    const { json } = await until(
      () => on.get('/v1/models'),
      ({ text }) => text.includes('"lama/ok"') && text.includes('"up/ok"'),
    );
    const again = await on.get('/v1/models');
    expect(performance.now() - start).toBeLessThan(5000);
    expect(again.json).toMatchObject({ object: 'list', has_more: false, first_id: filled, last_id: filled });
    const all = json.data as Json[];
    for (const model of all) {
      expect(model).toMatchObject({ id: expect.stringMatching(/^[\w-]+\/./), object: 'model', created: number });
      expect(model).toMatchObject({ type: 'model', display_name: filled, created_at: filled, owned_by: filled });
    }
    expect(all.find(({ id }) => id === 'up/ok')).toMatchObject({ owned_by: 'up', context_length: CONTEXT_LENGTH });
    expect(all.find(({ id }) => id === 'lama/ok')?.capabilities).toContain('tools');
    expect(new Set(all.map(({ owned_by }) => owned_by))).toEqual(new Set(['up', 'lama', 'demo']));
  });

  it('[CP-2] finds one by its id, and says when there is none', async () => {
    for (const path of ['demo/demo', 'demo%2Fdemo', 'demo']) {
      expect((await on.get(`/v1/models/${path}`)).json).toMatchObject({ id: 'demo/demo', object: 'model' });
    }
    for (const path of ['nobody/any', 'none', 'hanging/ok']) {
      const missing = await on.get(`/v1/models/${path}`);
      expect([missing.status, missing.json]).toEqual([
        404,
        envelope({ type: 'invalid_request_error', param: 'model', code: 'model_not_found' }),
      ]);
    }
  });
});

describe('every answer under /v1', () => {
  it('[CW-6] that is an error has the envelope, wherever it was refused', async () => {
    const { port } = on.server;
    const head = (host: string, type: string, length: number) => [
      'POST /v1/chat/completions HTTP/1.1',
      `Host: ${host}`,
      `Content-Type: ${type}`,
      `Content-Length: ${length}`,
    ];
    const own = `127.0.0.1:${port}`;
    const raw = await Promise.all([
      rawRequest(port, head('evil.example', 'application/json', 2), '{}'),
      rawRequest(port, [...head(own, 'application/json', 2), 'Origin: https://evil.example'], '{}'),
      rawRequest(port, head(own, 'text/plain', 2), '{}'),
      rawRequest(port, head(own, 'application/json', 1), '{'),
      rawRequest(port, head(own, 'application/json', 99_999_999_999)),
      rawRequest(port, [`GET /v1/% HTTP/1.1`, `Host: ${own}`]),
    ]);
    const expected = [403, 403, 415, 400, 413, 400];
    expect(raw.map(({ status }) => status)).toEqual(expected);
    const rest = [
      await on.get('/v1'),
      await on.get('/v1/nothing?x=1'),
      await on.post('/v1/chat/nothing', {}),
      await on.get('/v1/chat/completions'),
      await ask(''),
    ];
    expect(rest.map(({ status }) => status)).toEqual([404, 404, 404, 405, 400]);
    for (const { headers, body } of [
      ...raw,
      ...rest.map((answer) => ({ headers: Object.fromEntries(answer.headers), body: answer.text })),
    ]) {
      const { error, ...beside } = JSON.parse(body) as { error: Json };
      expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
      expect([error.message, error.type, beside]).toEqual([filled, filled, {}]);
      expect(headers['x-request-id']).toMatch(/./);
    }
  });

  it('[CP-1] names the parameter that is wrong', async () => {
    for (const [param, fault] of Object.entries({
      temperature: { temperature: 9 },
      messages: { messages: [] },
      'messages[0].content[0].type': { messages: [{ role: 'user', content: [{ type: 'video' }] }] },
      n: { n: 3 },
    })) {
      const answer = await ask('up/ok', fault);
      expect([answer.status, answer.json]).toEqual([400, envelope({ type: 'invalid_request_error', param })]);
    }
  });
});
