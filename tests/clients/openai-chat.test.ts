/** `openai`, the official client, on chat completions. */
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  bodyOf,
  freed,
  type Gateway,
  KEY,
  numbered,
  once,
  providers,
  saying,
  startGateway,
} from './support/gateway.ts';

let on: Gateway;
let openai: OpenAI;
beforeAll(async () => {
  on = await startGateway();
  openai = new OpenAI({ baseURL: on.v1, apiKey: KEY });
});
afterAll(() => on?.stop());

const ask = (model: string) => ({ model, messages: [{ role: 'user' as const, content: 'Go.' }] });

describe.each(providers)('openai-node, chat completions, provider %s', (provider) => {
  it('[CP-1] gets a whole answer', async () => {
    const answer = await openai.chat.completions.create(ask(`${provider}/ok`));
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model: `${provider}/ok`,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: numbered(20) } }],
    });
    expect(answer._request_id).toMatch(/./);
    expect(answer.created).toBeGreaterThan(1_700_000_000);
    expect(answer.usage?.completion_tokens).toBe(20);
    expect(answer.usage?.total_tokens).toBe((answer.usage?.prompt_tokens ?? 0) + 20);
  });

  it('[CP-1] reads a stream: one id, the role first, the finish reason alone, usage last', async () => {
    const stream = await openai.chat.completions.create({
      ...ask(`${provider}/ok`),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant' });
    expect(chunks.filter(({ choices }) => choices[0]?.delta.role).length).toBe(1);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(numbered(20));
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 20 } });
  });

  it('[CP-1] gets no usage in a stream unless it asks for it', async () => {
    const stream = await openai.chat.completions.create({ ...ask(`${provider}/ok`), stream: true });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.filter(({ usage }) => usage)).toEqual([]);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  });

  it('[CP-1] puts a stream together with its own helper', async () => {
    const stream = openai.chat.completions.stream({
      ...ask(`${provider}/ok`),
      stream_options: { include_usage: true },
    });
    const pieces: string[] = [];
    stream.on('content', (piece) => pieces.push(piece));
    expect(await stream.finalContent()).toBe(numbered(20));
    expect(pieces.join('')).toBe(numbered(20));
    expect((await stream.totalUsage()).completion_tokens).toBe(20);
  });

  it('[CP-1] hands over the reasoning under both of its names', async () => {
    const answer = await openai.chat.completions.create(ask(`${provider}/thinking`));
    const thought = 'Let me think about it.';
    expect(answer.choices[0]?.message).toMatchObject({
      content: numbered(5),
      reasoning: thought,
      reasoning_content: thought,
    });
    const stream = await openai.chat.completions.create({ ...ask(`${provider}/thinking`), stream: true });
    const thoughts = { reasoning: '', reasoning_content: '' };
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta as Partial<typeof thoughts> | undefined;
      thoughts.reasoning += delta?.reasoning ?? '';
      thoughts.reasoning_content += delta?.reasoning_content ?? '';
    }
    expect(thoughts).toEqual({ reasoning: thought, reasoning_content: thought });
  });

  it('[CP-8] runs tools until there is an answer', async () => {
    const runner = openai.chat.completions.runTools({
      model: `${provider}/tool-loop`,
      messages: [{ role: 'user', content: 'How much is 1 and 2?' }],
      tools: [adding],
    });
    expect(await runner.finalContent()).toBe('The tool says 3');
    expect(runner.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  it('[CP-8] runs tools over streams', async () => {
    const runner = openai.chat.completions.runTools({
      model: `${provider}/tool-loop`,
      messages: [{ role: 'user', content: 'How much is 1 and 2?' }],
      tools: [adding],
      stream: true,
    });
    expect(await runner.finalContent()).toBe('The tool says 3');
  });

  it('[CP-1] gets an object of its schema', async () => {
    const model = saying('{"name":"Ada","born":1815}');
    const person = z.object({ name: z.string(), born: z.number() });
    const answer = await openai.chat.completions.parse({
      ...ask(`${provider}/${model}`),
      response_format: zodResponseFormat(person, 'person'),
    });
    expect(answer.choices[0]?.message.parsed).toEqual({ name: 'Ada', born: 1815 });
    // What constrains the model has arrived where the model is.
    const asked = JSON.stringify(bodyOf(on.upstream, model));
    expect(asked).toContain('"born":{"type":"number"}');
  });

  it('[CP-1] ends at its length limit, and says so', async () => {
    const answer = await openai.chat.completions.create({ ...ask(`${provider}/u23-length`), max_tokens: 3 });
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: numbered(3) } });
  });

  it('[CP-5] frees the upstream when it aborts a stream', async () => {
    const model = once('u26-endless');
    const stream = await openai.chat.completions.create({ ...ask(`${provider}/${model}`), stream: true });
    for await (const { choices } of stream) {
      if (choices[0]?.delta.content?.includes('token3')) break;
    }
    await freed(on.upstream, model);
  });

  it('[CP-5] frees the upstream when it gives up waiting for a whole answer', async () => {
    const model = once('u26-endless');
    const giveUp = new AbortController();
    const answer = openai.chat.completions.create(ask(`${provider}/${model}`), { signal: giveUp.signal });
    await on.upstream.waitFor((request) => request.model === model);
    giveUp.abort();
    await expect(answer).rejects.toThrow(OpenAI.APIUserAbortError);
    await freed(on.upstream, model);
  });
});

describe('openai-node, what only an OpenAI-compatible provider says', () => {
  it('[CP-8] two calls at once stay two calls', async () => {
    const stream = openai.chat.completions.stream({ ...ask('up/u25-tool-call?kind=interleaved'), tools: [plainTool] });
    const { message, finish_reason } = (await stream.finalChatCompletion()).choices[0] ?? {};
    expect(finish_reason).toBe('tool_calls');
    expect(message?.tool_calls).toMatchObject([
      { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":2}' } },
      { id: 'call_2', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":2}' } },
    ]);
  });

  it.each(['fragments', 'whole', 'no-index', 'no-id', 'id-repeated', 'same-index', 'object'])(
    '[CP-8] a tool call that came as %s is one that the client can read',
    async (kind) => {
      const stream = openai.chat.completions.stream({
        ...ask(`up/u25-tool-call?kind=${kind}`),
        tools: [plainTool],
      });
      const calls = (await stream.finalChatCompletion()).choices[0]?.message.tool_calls ?? [];
      expect(calls.length).toBe(kind === 'same-index' ? 2 : 1);
      for (const call of calls) {
        expect(call).toMatchObject({ id: expect.stringMatching(/./), type: 'function', function: { name: 'add' } });
        expect(JSON.parse('function' in call ? call.function.arguments : '')).toEqual({ a: 1, b: 2 });
      }
    },
  );

  it('[CP-1] everything that it may set arrives at the provider', async () => {
    const model = once('ok');
    const options = {
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 50,
      stop: ['END'],
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      reasoning_effort: 'low' as const,
    };
    await openai.chat.completions.create({ ...ask(`up/${model}`), ...options });
    expect(bodyOf(on.upstream, model)).toMatchObject(options);
  });
});

const plainTool = {
  type: 'function' as const,
  function: {
    name: 'add',
    parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
  },
};

const adding = {
  type: 'function' as const,
  function: {
    name: 'add',
    description: 'Adds two numbers.',
    parameters: plainTool.function.parameters,
    parse: (text: string) => z.object({ a: z.number(), b: z.number() }).parse(JSON.parse(text)),
    function: ({ a, b }: { a: number; b: number }) => String(a + b),
  },
};
