/** LangChain's OpenAI classes. */
import { type AIMessageChunk, HumanMessage, type MessageContent, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { vectorOf } from '../upstream/index.ts';
import { freed, type Gateway, KEY, numbered, once, providers, saying, startGateway } from './support/gateway.ts';

let on: Gateway;
beforeAll(async () => {
  on = await startGateway();
});
afterAll(() => on?.stop());

const chat = (model: string) =>
  new ChatOpenAI({ model, apiKey: KEY, maxRetries: 0, configuration: { baseURL: on.v1 } });
const text = (content: MessageContent) => (typeof content === 'string' ? content : JSON.stringify(content));

const add = tool(({ a, b }: { a: number; b: number }) => String(a + b), {
  name: 'add',
  description: 'Adds two numbers.',
  schema: z.object({ a: z.number(), b: z.number() }),
});

describe.each(providers)('LangChain, provider %s', (provider) => {
  it('[CP-1] invoke answers with text and usage', async () => {
    const answer = await chat(`${provider}/ok`).invoke('Go.');
    expect(text(answer.content)).toBe(numbered(20));
    expect(answer.usage_metadata).toMatchObject({ output_tokens: 20 });
    expect(answer.response_metadata).toMatchObject({ finish_reason: 'stop' });
  });

  it('[CP-1] stream yields chunks that add up, with usage in the end', async () => {
    let whole = '';
    let output_tokens = 0;
    for await (const chunk of await chat(`${provider}/ok`).stream('Go.')) {
      whole += text(chunk.content);
      output_tokens += chunk.usage_metadata?.output_tokens ?? 0;
    }
    expect([whole, output_tokens]).toEqual([numbered(20), 20]);
  });

  it('[CP-1] keeps the reasoning that comes with the answer', async () => {
    let reasoning = '';
    for await (const { additional_kwargs } of await chat(`${provider}/thinking`).stream('Go.')) {
      reasoning += String(additional_kwargs.reasoning_content ?? '');
    }
    expect(reasoning).toBe('Let me think about it.');
  });

  it('[CP-8] bindTools: the call, its result and the answer, streamed or not', async () => {
    const model = chat(`${provider}/tool-loop`).bindTools([add]);
    const asked = new HumanMessage('How much is 1 and 2?');
    const called = await model.invoke([asked]);
    expect(called.tool_calls).toMatchObject([{ name: 'add', args: { a: 1, b: 2 } }]);
    const content = await add.invoke({ a: 1, b: 2 });
    const result = new ToolMessage({ content, tool_call_id: called.tool_calls?.[0]?.id ?? '' });
    const answer = await model.invoke([asked, called, result]);
    expect(text(answer.content)).toBe('The tool says 3');

    let streamed: AIMessageChunk | undefined;
    for await (const chunk of await model.stream([asked])) streamed = streamed ? streamed.concat(chunk) : chunk;
    expect(streamed?.tool_calls).toMatchObject([{ name: 'add', args: { a: 1, b: 2 } }]);
  });

  it('[CP-1] withStructuredOutput gives an object', async () => {
    const model = chat(`${provider}/${saying('{"name":"Ada"}')}`);
    const answer = await model
      .withStructuredOutput(z.object({ name: z.string() }), { method: 'jsonSchema' })
      .invoke('Who?');
    expect(answer).toEqual({ name: 'Ada' });
  });

  it('[CP-1] takes the Responses API when it is told to', async () => {
    const settings = { model: `${provider}/ok`, apiKey: KEY, useResponsesApi: true };
    const answer = await new ChatOpenAI({ ...settings, configuration: { baseURL: on.v1 } }).invoke('Go.');
    expect([answer.text, answer.usage_metadata?.output_tokens]).toEqual([numbered(20), 20]);
  });

  it('[CP-8] embeds documents and a query', async () => {
    const embeddings = new OpenAIEmbeddings({
      model: `${provider}/ok`,
      apiKey: KEY,
      configuration: { baseURL: on.v1 },
    });
    expect(await embeddings.embedDocuments(['one', 'three'])).toEqual([vectorOf('one'), vectorOf('three')]);
    expect(await embeddings.embedQuery('word')).toEqual(vectorOf('word'));
  });

  it('[CP-5] frees the upstream when it aborts', async () => {
    const model = once('u26-endless');
    const stop = new AbortController();
    const stream = await chat(`${provider}/${model}`).stream('Go.', { signal: stop.signal });
    const read = async () => {
      for await (const chunk of stream) if (text(chunk.content).includes('token3')) stop.abort();
    };
    await expect(read()).rejects.toThrow(/abort/i);
    await freed(on.upstream, model);
  });

  it.each(['u17-error', 'u9-eof-no-finish', 'u7-reset'])(
    '[LC-008] %s after three tokens is thrown',
    async (scenario) => {
      const read = async () => {
        for await (const _ of await chat(`${provider}/${scenario}`).stream('Go.'));
      };
      await expect(read()).rejects.toThrow(/.{20}/);
    },
  );

  it('[LC-008] a refusal throws with its status', async () => {
    await expect(chat(`${provider}/u20-no-model`).invoke('Go.')).rejects.toMatchObject({ status: 404 });
  });
});
