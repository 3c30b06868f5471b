import { readFileSync } from 'node:fs';
import { limitsSchema } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../../../../tests/upstream/index.ts';
import { toolCalls } from '../../../../../tests/upstream/tool-calls.ts';
import { playBytes } from '../testing/byte-player.ts';
import { collect, errorOf, summarize } from '../testing/collect.ts';
import { createOpenAIProvider } from './index.ts';

const limits = limitsSchema.parse({});

async function read(text: string, overrides: object = {}) {
  const http = playBytes({ chunks: [Buffer.from(text)] });
  const provider = createOpenAIProvider({ id: 'p', type: 'openai', host: 'http://localhost/v1' }, http, {
    ...limits,
    ...overrides,
  });
  return collect(provider, 'model');
}

const fixture = (name: string) => readFileSync(new URL(`./__fixtures__/${name}.sse`, import.meta.url), 'utf8');
const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }], ...more })}\n\n`;
const DONE = 'data: [DONE]\n\n';

describe('streams of real servers', () => {
  it.each([
    ['openrouter', { reasoning: 'The user greets.', text: 'Hello!', calls: [], end: 'finish stop' }, [8, 42, 50]],
    ['llama-cpp', { reasoning: 'Short thought.', text: 'Hi there', calls: [], end: 'finish stop' }, [12, 9, 21]],
    [
      'vllm-tools',
      { reasoning: '', text: '', calls: ['get_weather({"city": "Zürich"})'], end: 'finish tool_calls' },
      [170, 18, 188],
    ],
    ['gemini', { reasoning: '', text: 'Good day.', calls: [], end: 'finish stop' }, [7, 4, 11]],
    ['mistral-reasoning', { reasoning: 'Let me see.', text: 'Yes.', calls: [], end: 'finish stop' }, [5, 6, 11]],
  ])('[LC-008] %s', async (name, summary, [prompt_tokens, completion_tokens, total_tokens]) => {
    const events = await read(fixture(name));
    expect(summarize(events)).toEqual(summary);
    expect(events.filter(({ type }) => type === 'usage')).toEqual([
      { type: 'usage', usage: { prompt_tokens, completion_tokens, total_tokens } },
    ]);
  });
});

describe('dialects', () => {
  it('[LC-008] reasoning under both spellings with the same text counts once', async () => {
    const text = chunk({ reasoning_content: 'hm', reasoning: 'hm' }) + chunk({ content: 'ok' }, 'stop') + DONE;
    expect(summarize(await read(text))).toMatchObject({ reasoning: 'hm', text: 'ok' });
  });

  it.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['tool_calls', 'tool_calls'],
    ['function_call', 'tool_calls'],
  ])('[U23] the finish reason %s is %s', async (given, reason) => {
    expect(summarize(await read(chunk({ content: 'x' }) + chunk({}, given) + DONE)).end).toBe(`finish ${reason}`);
  });

  it('[U22] a refusal is shown as the answer it is', async () => {
    const text = chunk({ refusal: 'I cannot do that.' }) + chunk({}, 'stop') + DONE;
    expect(summarize(await read(text))).toMatchObject({ text: 'I cannot do that.', end: 'finish stop' });
  });

  it('[LC-008] chunks without choices, with empty choices, of another choice and empty events are passed over', async () => {
    const text = [
      'data: {"type":"ping"}\n\n',
      'data:\n\n',
      'data: {"choices":[]}\n\n',
      'data: {"choices":null}\n\n',
      'data: {"choices":[{"index":1,"delta":{"content":"second choice"},"finish_reason":"stop"}]}\n\n',
      'data: {"choices":[{"delta":{"content":"ok"}}]}\n\n',
      chunk({ content: null }, 'stop'),
      DONE,
    ].join('');
    expect(summarize(await read(text))).toEqual({ text: 'ok', reasoning: '', calls: [], end: 'finish stop' });
  });

  it.each(['null', '5', '"text"', '[1]', '{"choices":[{"delta":'])(
    '[U10] the event %s is not a chunk',
    async (data) => {
      const events = await read(`${chunk({ content: 'a' })}data: ${data}\n\n${chunk({ content: 'b' }, 'stop')}${DONE}`);
      expect(summarize(events)).toMatchObject({ text: 'a', end: 'PROVIDER_ERROR before-output bad_upstream_event' });
      expect(errorOf(events).error.details.excerpt).toBe(data);
    },
  );

  it('[U8] a last event without its blank line counts when the body ended properly', async () => {
    expect(summarize(await read(chunk({ content: 'a' }) + chunk({}, 'stop').trimEnd())).end).toBe('finish stop');
    expect(summarize(await read(`${chunk({ content: 'a' })}data: [DONE]`)).end).toBe('finish stop');
  });

  it('[U9] half an event at the end of the body counts as not sent', async () => {
    const events = await read(chunk({ content: 'a' }) + chunk({ content: 'b' }).slice(0, 30));
    expect(summarize(events)).toMatchObject({ text: 'a', end: 'STREAM_INTERRUPTED before-output no_finish' });
  });

  it.each([
    [{ prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 1 } }, 4, 1],
    [{ prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 1 }, 4, undefined],
    [{ prompt_tokens_details: null, completion_tokens_details: { reasoning_tokens: 'x' } }, undefined, undefined],
  ])(
    '[CP-7] usage tells what was cached and what was reasoned: %j',
    async (details, cached_tokens, reasoning_tokens) => {
      const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
      const events = await read(chunk({ content: 'a' }, 'stop', { usage: { ...usage, ...details } }) + DONE);
      const counted = events.find(({ type }) => type === 'usage');
      expect(counted).toEqual({
        type: 'usage',
        usage: {
          ...usage,
          ...(cached_tokens === undefined ? {} : { cached_tokens }),
          ...(reasoning_tokens === undefined ? {} : { reasoning_tokens }),
        },
      });
    },
  );

  it.each([
    ['reasoning', chunk({ reasoning: 'hm' }), { content: 'ok', reasoning: 'hm' }],
    ['reasoning_content', chunk({ reasoning_content: 'hm' }), { content: 'ok', reasoning_content: 'hm' }],
    [
      'content',
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }),
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'ok' },
        ],
      },
    ],
  ])('[LC-008] reasoning goes back where it came from: %s', async (_, reasoned, message) => {
    const http = playBytes({ chunks: [Buffer.from(reasoned + chunk({ content: 'ok' }, 'stop') + DONE)] });
    const provider = createOpenAIProvider({ id: 'p', type: 'openai', host: 'http://localhost/v1' }, http, limits);
    const request = { model_id: 'm', messages: [{ role: 'assistant', text: 'ok', reasoning: 'hm' } as const] };
    await collect(provider, request);
    await collect(provider, request);
    const sent = http.bodies.map((body) => JSON.parse(body).messages[0]);
    expect(sent).toEqual([
      { role: 'assistant', content: 'ok' },
      { role: 'assistant', ...message },
    ]);
  });

  it.each([
    ['not JSON', 'data: {"choices":[{]}\n\n'],
    ['too large', `data: "${'x'.repeat(2000)}"\n\n`],
  ])('[U10] [U13] what is %s after the finish reason does not unmake the answer', async (_, garbage) => {
    const events = await read(chunk({ content: 'a' }) + chunk({}, 'stop') + garbage, { event_bytes: 1000 });
    expect(summarize(events)).toMatchObject({ text: 'a', end: 'finish stop' });
  });

  it('[U17] an error after the finish reason is still what the provider says', async () => {
    const events = await read(`${chunk({ content: 'a' }) + chunk({}, 'stop')}data: {"error":"blocked"}\n\n`);
    expect(summarize(events)).toMatchObject({ text: 'a', end: 'PROVIDER_ERROR before-output' });
  });

  it('[LC-008] strange usage is ignored rather than believed', async () => {
    const usage = { prompt_tokens: 'many', completion_tokens: -1, total_tokens: null };
    const events = await read(chunk({ content: 'a' }, 'stop', { usage }) + DONE);
    expect(events.map(({ type }) => type)).toEqual(['text-delta', 'finish']);
  });
});

describe('[U25] tool calls', () => {
  const one = ['add({"a":1,"b":2})'];
  const two = [...one, ...one];
  const expected: Record<string, string[]> = {
    'same-index': two,
    'same-index-no-id': two,
    'same-id': two,
    'no-index-two': two,
    'both-in-one': two,
    interleaved: two,
  };

  it.each(Object.keys(toolCalls))('fragments of the kind %s are joined', async (kind) => {
    const events = await read((toolCalls[kind] ?? '') + chunk({}, 'tool_calls') + DONE);
    expect(summarize(events)).toEqual({
      text: '',
      reasoning: '',
      calls: expected[kind] ?? one,
      end: 'finish tool_calls',
    });
    const ids = events.flatMap((event) => (event.type === 'tool-call' ? [event.call_id] : []));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id.startsWith('call_'))).toBe(true);
  });

  it('[CA-4] what the provider attaches to a call comes with it', async () => {
    const [call] = await read((toolCalls.signed ?? '') + chunk({}, 'tool_calls') + DONE);
    const provider_data = { google: { thought_signature: 'c2ln' } };
    expect(call).toEqual({
      type: 'tool-call',
      call_id: 'call_1',
      name: 'add',
      arguments: '{"a":1,"b":2}',
      provider_data,
    });
  });

  it('calls that end with "stop" or only with the end mark are calls all the same', async () => {
    for (const end of [chunk({}, 'stop') + DONE, DONE]) {
      expect(summarize(await read(toolCalls.whole + end)).calls).toEqual(one);
    }
    expect(summarize(await read(toolCalls.whole + chunk({}, 'stop') + DONE)).end).toBe('finish tool_calls');
  });

  it('a call whose stream broke off is not given, as its arguments may be half', async () => {
    const events = await read(toolCalls.fragments ?? '');
    expect(summarize(events).calls).toEqual([]);
  });

  it('a thousand fragments and "__proto__" are joined to the letter', async () => {
    const text = JSON.stringify({ __proto__x: 1, list: Array.from({ length: 300 }, (_, n) => n) }).replace(
      '__proto__x',
      '__proto__',
    );
    const first = chunk({ tool_calls: [{ index: 0, id: 'call_9', function: { name: 'f', arguments: '' } }] });
    const rest = [...text].map((letter) => chunk({ tool_calls: [{ index: 0, function: { arguments: letter } }] }));
    expect(summarize(await read(first + rest.join('') + DONE)).calls).toEqual([`f(${text})`]);
  });

  it('arguments without an end are cut off at the bound of the output', async () => {
    const first = chunk({ tool_calls: [{ index: 0, id: 'call_9', function: { name: 'f', arguments: '' } }] });
    const rest = chunk({ tool_calls: [{ index: 0, function: { arguments: 'x'.repeat(100) } }] }).repeat(20);
    expect(summarize(await read(first + rest, { output_bytes: 1000 })).end).toBe(
      'PROVIDER_ERROR never event_too_large',
    );
  });

  it('calls without an end are cut off there too, though they say nothing, and so is what is attached to them', async () => {
    const call = (at: number, more: object = {}) =>
      chunk({ tool_calls: [{ index: at, id: `c${at}`, function: { name: 'f', arguments: '' }, ...more }] });
    const many = Array.from({ length: 50 }, (_, at) => call(at)).join('');
    const attached = call(0, { extra_content: { signature: 'x'.repeat(2000) } });
    for (const text of [many, attached]) {
      expect(summarize(await read(text, { output_bytes: 1000 })).end).toBe('PROVIDER_ERROR never event_too_large');
    }
  });

  it('a call without arguments has an empty object', async () => {
    const text =
      chunk({ tool_calls: [{ index: 0, id: 'call_9', function: { name: 'now' } }] }) + chunk({}, 'tool_calls');
    expect(summarize(await read(text)).calls).toEqual(['now({})']);
  });
});

it('[LC-019] every scenario of the scripted upstream says what it does', () => {
  for (const [name, { says }] of Object.entries(scenarios))
    expect([name, says]).toEqual([name, expect.stringMatching(/\w.*\.$/)]);
});
