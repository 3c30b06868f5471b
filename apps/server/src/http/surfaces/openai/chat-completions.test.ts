import { afterEach, describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../../engine/ports.ts';
import { type Script, saying } from '../../../engine/testing/scripted-provider.ts';
import { parseSse, type Served, serve } from '../../testing/serve.ts';

let served: Served;
afterEach(() => served.close());

const ask = (body: object, headers: Record<string, string> = {}, signal: AbortSignal | null = null) =>
  fetch(`${served.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'scripted/model', messages: [{ role: 'user', content: 'Hi' }], ...body }),
    signal,
  });
const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, cached_tokens: 2, reasoning_tokens: 1 };
const full: Script = [
  [{ type: 'progress', state: 'loading-model' }],
  [{ type: 'reasoning-delta', text: 'hm' }],
  [
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo "\u2028' },
  ],
  [
    { type: 'usage', usage },
    { type: 'finish', reason: 'stop' },
  ],
];
const calling: Script = [
  [
    { type: 'tool-call', call_id: 'call_1', name: 'add', arguments: '{"a":1}' },
    { type: 'tool-call', call_id: 'call_2', name: 'now', arguments: '{}', provider_data: { some_key: 1 } },
  ],
  [{ type: 'finish', reason: 'stop' }],
];
const failure = (error_code: 'PROVIDER_ERROR' | 'RATE_LIMITED', details = {}): ModelEvent => ({
  type: 'error',
  error: { error_code, message: 'It broke.', details },
  retry: 'never',
});

/** Every event's data, without what all chunks share. */
async function chunksOf(answer: Response) {
  const events = parseSse(await answer.text());
  const ids = new Set<unknown>();
  const chunks = events.map(({ data }) => {
    if (data === '[DONE]') return data;
    const { id, object, created, model, ...rest } = JSON.parse(data);
    if (!rest.error) ids.add(JSON.stringify({ id, object, created, model }));
    return rest;
  });
  return { events, chunks, ids: [...ids] };
}
const said = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});

describe('POST /v1/chat/completions, streamed', () => {
  it('[CP-1] is what every client of OpenAI understands', async () => {
    served = await serve([full]);
    const answer = await ask({ stream: true, stream_options: { include_usage: true } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('x-request-id')).toMatch(/\S{8}/);
    const { chunks, events, ids } = await chunksOf(answer);
    expect(chunks).toEqual([
      said({ role: 'assistant', content: '' }),
      said({ reasoning_content: 'hm', reasoning: 'hm' }),
      said({ content: 'Hel' }),
      said({ content: 'lo "\u2028' }),
      said({}, 'stop'),
      {
        choices: [],
        usage: {
          prompt_tokens: 5,
          completion_tokens: 3,
          total_tokens: 8,
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      },
      '[DONE]',
    ]);
    expect(ids).toHaveLength(1);
    const shared = JSON.parse(String(ids[0]));
    expect(shared).toEqual({
      id: expect.stringMatching(/^chatcmpl-\w{16,}$/),
      object: 'chat.completion.chunk',
      created: expect.any(Number),
      model: 'scripted/model',
    });
    expect(Math.abs(shared.created - Date.now() / 1000)).toBeLessThan(60);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, number) => `${shared.id}:${number}`));
  });

  it('[CP-1] tells the usage only to who asks', async () => {
    served = await serve([full]);
    const { chunks } = await chunksOf(await ask({ stream: true }));
    expect(chunks.some((chunk) => 'usage' in Object(chunk))).toBe(false);
    expect(chunks.at(-1)).toBe('[DONE]');
  });

  it('[CP-8] gives whole tool calls, numbered from 0, and the reason to call them', async () => {
    served = await serve([calling]);
    const { chunks } = await chunksOf(await ask({ stream: true }));
    const call = (index: number, id: string, name: string, text: string, more = {}) =>
      said({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: text }, ...more }] });
    expect(chunks).toEqual([
      said({ role: 'assistant', content: '' }),
      call(0, 'call_1', 'add', '{"a":1}'),
      call(1, 'call_2', 'now', '{}', { extra_content: { some_key: 1 } }),
      said({}, 'tool_calls'),
      '[DONE]',
    ]);
  });

  it('[LC-008] an error before the first word has its status; a retry is not noticed', async () => {
    const later: Script = [[{ ...failure('RATE_LIMITED', { retry_after_ms: 10 }), retry: 'safe' } as ModelEvent]];
    served = await serve([later, full], { retry: { attempts: 1, delay_ms: 0 } });
    expect((await chunksOf(await ask({ stream: true }))).chunks.at(-1)).toBe('[DONE]');
    await served.close();
    served = await serve([[[failure('RATE_LIMITED', { retry_after_ms: 1500 })]]]);
    const refused = await ask({ stream: true });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.headers.get('content-type')).toContain('application/json');
    expect(await refused.json()).toEqual({
      error: { message: 'It broke.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' },
    });
  });

  it('[LC-008] an error in the middle is an event, and the stream ends properly', async () => {
    served = await serve([[[{ type: 'text-delta', text: 'Hel' }], [failure('PROVIDER_ERROR')]]]);
    const { chunks } = await chunksOf(await ask({ stream: true }));
    expect(chunks).toEqual([
      said({ role: 'assistant', content: '' }),
      said({ content: 'Hel' }),
      { error: { message: 'It broke.', type: 'upstream_error', param: null, code: 'provider_error' } },
      '[DONE]',
    ]);
  });

  it('[LC-008] a long silence before the first word begins the stream, so that nobody in between gives up', async () => {
    served = await serve([['hang']], { limits: { heartbeat_ms: 60 } as never });
    const leave = new AbortController();
    const answer = await ask({ stream: true }, {}, leave.signal);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes(': keep-alive')) text += (await reader?.read())?.value ?? '';
    expect(text).toContain('"delta":{"role":"assistant","content":""}');
    leave.abort();
  });

  it('[CP-5] hanging up stops the model at once', async () => {
    served = await serve([[[{ type: 'text-delta', text: 'Hel' }], 'hang']]);
    const leave = new AbortController();
    const answer = await ask({ stream: true }, {}, leave.signal);
    await answer.body?.getReader().read();
    leave.abort();
    await expect.poll(() => served.provider.aborted).toBe(1);
    await expect.poll(() => served.engine.activeCount()).toBe(0);
  });

  it('[CP-1] hanging up before the first word stops the model too', async () => {
    served = await serve([['hang']]);
    const leave = new AbortController();
    const answer = ask({ stream: true }, {}, leave.signal).catch(() => undefined);
    await expect.poll(() => served.provider.requests.length).toBe(1);
    leave.abort();
    await answer;
    await expect.poll(() => served.provider.aborted).toBe(1);
  });
});

describe('POST /v1/chat/completions, whole', () => {
  it('[CP-1] is one completion', async () => {
    served = await serve([full]);
    const answer = await ask({});
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      id: expect.stringMatching(/^chatcmpl-\w{16,}$/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'scripted/model',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hello "\u2028',
            refusal: null,
            reasoning_content: 'hm',
            reasoning: 'hm',
          },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 5,
        completion_tokens: 3,
        total_tokens: 8,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
  });

  it('[CP-8] carries tool calls', async () => {
    served = await serve([calling]);
    const { choices } = (await (await ask({})).json()) as { choices: unknown[] };
    expect(choices).toMatchObject([
      {
        finish_reason: 'tool_calls',
        message: {
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
            { id: 'call_2', extra_content: { some_key: 1 } },
          ],
        },
      },
    ]);
  });

  it('[LC-008] that broke off is an error and not half an answer', async () => {
    served = await serve([[[{ type: 'text-delta', text: 'Hel' }]]], { retry: { attempts: 0, delay_ms: 0 } });
    const answer = await ask({});
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { code: 'stream_interrupted' } });
  });
});

describe('the camelCase dialect', () => {
  it('[CP-1] a request in camelCase is answered in it', async () => {
    served = await serve([full]);
    const whole = await (await ask({ topP: 0.5, maxTokens: 9 })).json();
    expect(whole).toMatchObject({
      choices: [{ finishReason: 'stop', message: { reasoningContent: 'hm' } }],
      usage: { promptTokens: 5, completionTokens: 3, totalTokens: 8, promptTokensDetails: { cachedTokens: 2 } },
    });
    expect(JSON.stringify(whole)).not.toMatch(/"\w+_\w+":/);
    expect(served.provider.requests[0]).toMatchObject({ top_p: 0.5, max_tokens: 9 });
    const body = await (await ask({ topP: 0.5, stream: true, streamOptions: { includeUsage: true } })).text();
    expect(body).not.toMatch(/"\w+_\w+":/);
    expect(body).toContain('"finishReason":"stop"');
    expect(body).toContain('"promptTokens":5');
  });

  it('[CP-1] and so is one that asks for it in a header; tool data keeps its own names', async () => {
    served = await serve([calling]);
    const whole = await (await ask({}, { 'x-lightchat-case': 'camel' })).json();
    expect(whole).toMatchObject({
      choices: [{ finishReason: 'tool_calls', message: { toolCalls: [{}, { extraContent: { some_key: 1 } }] } }],
    });
    const text = await (await ask({ stream: true }, { 'x-lightchat-case': 'camel' })).text();
    expect(text).toContain('"toolCalls":[{"index":1,"id":"call_2"');
    expect(text).toContain('"extraContent":{"some_key":1}');
  });
});

describe('a request', () => {
  it('[CP-1] reaches the model with everything that it says', async () => {
    served = await serve([saying('ok')]);
    const add = { type: 'function', function: { name: 'add', parameters: { type: 'object' } } };
    await ask({
      model: 'model',
      temperature: 0.1,
      top_p: 0.2,
      max_completion_tokens: 30,
      max_tokens: 40,
      stop: 'END',
      seed: 7,
      frequency_penalty: 0.3,
      presence_penalty: -0.4,
      reasoning_effort: 'low',
      tools: [add],
      tool_choice: 'required',
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
      n: 1,
      user: 'me',
      logit_bias: {},
      made_up: { by: 'someone' },
    });
    expect(served.provider.requests).toEqual([
      {
        model_id: 'model',
        messages: [{ role: 'user', text: 'Hi' }],
        temperature: 0.1,
        top_p: 0.2,
        max_tokens: 30,
        stop: ['END'],
        seed: 7,
        frequency_penalty: 0.3,
        presence_penalty: -0.4,
        reasoning_effort: 'low',
        tools: [add],
        tool_choice: 'required',
        parallel_tool_calls: false,
        response_format: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
      },
    ]);
  });

  it('[CP-1] says nothing to the model that it leaves out or open', async () => {
    served = await serve([saying('ok')]);
    await ask({ temperature: null, stop: [], tools: [], tool_choice: 'auto', max_tokens: -1, functions: [] });
    await ask({ response_format: { type: 'text' }, stop: ['a', ''], n: null });
    await ask({ response_format: { type: 'json_object' } });
    const messages = [{ role: 'user', text: 'Hi' }];
    expect(served.provider.requests).toEqual([
      { model_id: 'model', messages },
      { model_id: 'model', messages, stop: ['a'] },
      { model_id: 'model', messages, response_format: { type: 'json' } },
    ]);
  });

  it.each([
    ['model', { model: undefined }],
    ['model', { model: '' }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'Hi' }],
    ['messages[0]', { messages: [null] }],
    ['messages[1].role', { messages: [{ role: 'user', content: 'x' }, { content: 'x' }] }],
    ['temperature', { temperature: 'warm' }],
    ['temperature', { temperature: 3 }],
    ['top_p', { topP: -1 }],
    ['max_tokens', { max_tokens: 0 }],
    ['stop[0]', { stop: [1] }],
    ['n', { n: 2 }],
    ['functions', { functions: [{ name: 'add' }] }],
    ['tools[0].function', { tools: [{ type: 'function' }] }],
    ['tool_choice', { tool_choice: 'always' }],
    ['response_format.type', { response_format: { type: 'yaml' } }],
    ['reasoning_effort', { reasoning_effort: 'extreme' }],
    ['stream', { stream: 'yes' }],
  ])('[CP-1] with a fault in %s is refused by that name', async (param, fault) => {
    served = await serve([saying('never')]);
    const answer = await ask(fault);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: { message: expect.stringMatching(/.{10}/), type: 'invalid_request_error', param, code: null },
    });
    expect(served.provider.requests).toHaveLength(0);
  });

  it('[L16] of any other shape is refused, and hurts nobody', async () => {
    served = await serve([saying('never')]);
    const send = (body: string) =>
      fetch(`${served.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const deep = `{"model":"m","messages":[{"role":"user","content":"x"}],"tools":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const proto = '{"model":"m","__proto__":{"polluted":true},"messages":[{"role":"user","content":"x"}]}';
    for (const body of ['', '[]', 'null', '7', '{', '"text"', deep, proto]) {
      const answer = await send(body);
      expect({ body: body.slice(0, 20), status: answer.status }).toEqual({ body: body.slice(0, 20), status: 400 });
      expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
