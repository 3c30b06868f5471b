/** What the Ollama adapter writes, read by a real Ollama. */
import { limitsSchema } from '@lightchat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LLMProvider, ModelRequest } from '../../apps/server/src/engine/ports.ts';
import { createUpstreamHttp } from '../../apps/server/src/providers/kit/upstream-http.ts';
import { createOllamaProvider } from '../../apps/server/src/providers/ollama/index.ts';
import { collect, errorOf, HELLO, summarize } from '../../apps/server/src/providers/testing/collect.ts';
import { createOllama, type Ollama } from './ollama-server.ts';
import { brief, createToyModels, thoughtful } from './toy-models.ts';

const http = createUpstreamHttp();
const never = () => new AbortController().signal;
let ollama: Ollama;

beforeAll(async () => {
  ollama = await createOllama();
  await ollama.start();
  await createToyModels(ollama);
});
afterAll(async () => {
  await http.destroy();
  await ollama?.dispose();
});

const open = (): LLMProvider =>
  createOllamaProvider({ id: 'p', type: 'ollama', host: ollama.url }, http, limitsSchema.parse({}));
const ask = (request: Partial<ModelRequest>, provider = open()) =>
  collect(provider, { model_id: brief.name, messages: [HELLO], ...request });

describe('a real Ollama accepts', () => {
  it('[CP-1] every option', async () => {
    const options = { temperature: 0, top_p: 0.9, seed: 7, frequency_penalty: 0.1, presence_penalty: 0.1 };
    expect(summarize(await ask({ ...options, context_length: 2048 }))).toMatchObject({
      text: brief.says,
      end: 'finish stop',
    });
    expect(summarize(await ask({ max_tokens: 3 })).end).toBe('finish length');
    expect(summarize(await ask({ stop: ['everything'] })).text).toBe('Hello! Here is *');
  });

  it('[CA-4] a conversation with tool calls and their results', async () => {
    const messages: ModelRequest['messages'] = [
      { role: 'system', text: 'Be kind.' },
      HELLO,
      {
        role: 'assistant',
        text: '',
        reasoning: 'hm',
        tool_calls: [
          { call_id: 'c1', name: 'add', arguments: '{"a":1}' },
          { call_id: 'c2', name: 'add', arguments: 'not JSON' },
        ],
      },
      { role: 'tool', call_id: 'c1', text: '3' },
      { role: 'tool', call_id: 'c2', name: 'add', text: 'no' },
    ];
    expect(summarize(await ask({ messages }))).toMatchObject({ text: brief.says, end: 'finish stop' });
  });

  it.each(['none', 'low', 'high', 'max'] as const)('[CP-1] the reasoning effort %s', async (reasoning_effort) => {
    expect(summarize(await ask({ model_id: thoughtful.name, reasoning_effort })).end).toBe('finish stop');
  });

  it('[CP-1] that the answer is JSON', async () => {
    // The model knows one sentence only and, kept to JSON, makes up an object that may be cut off.
    const { text } = summarize(await ask({ response_format: { type: 'json' }, max_tokens: 20 }));
    expect(text.trimStart()).toMatch(/^\{/);
  });
});

describe('a real Ollama refuses', () => {
  it('[CP-1] thinking of a model that cannot, unless the adapter knows better than to ask', async () => {
    const provider = open();
    const { error, retry } = errorOf(await ask({ reasoning_effort: 'high' }, provider));
    expect([error.error_code, retry]).toEqual(['PROVIDER_ERROR', 'never']);
    expect(error.message).toMatch(/cannot think in the way that was asked for/);
    await provider.listModels(never());
    expect(summarize(await ask({ reasoning_effort: 'high' }, provider)).end).toBe('finish stop');
  });

  it('[CP-8] tools of a model that has none, which is said plainly', async () => {
    const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object', properties: {} } } }];
    const { error, retry } = errorOf(await ask({ tools }));
    expect([error.error_code, retry]).toEqual(['PROVIDER_ERROR', 'never']);
    expect(error.message).toMatch(/cannot use tools/);
  });

  it('[CP-8] nothing when it drops an image: the adapter does, as soon as it knows the model', async () => {
    const parts = [{ type: 'image' as const, url: 'data:image/png;base64,iVBORw0KGgo=' }];
    const provider = open();
    await provider.listModels(never());
    const { error } = errorOf(await ask({ messages: [{ role: 'user', text: 'What?', parts }] }, provider));
    expect(error.message).toMatch(/cannot see images/);
  });
});

describe('embeddings of a real Ollama', () => {
  it('[CP-1] are one vector a text, equal for equal texts', async () => {
    const embeddings = await open().embed?.({ model_id: brief.name, input: ['a', 'b', 'a'] }, never());
    const [a, b, again] = embeddings?.vectors ?? [];
    expect(a?.length).toBeGreaterThan(3);
    expect(again).toEqual(a);
    expect(b).toHaveLength(a?.length ?? 0);
    expect(embeddings?.prompt_tokens).toBeGreaterThan(0);
  });

  it('[U20] of a model that is not there name the remedy', async () => {
    await expect(open().embed?.({ model_id: 'none', input: ['a'] }, never())).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });
});
