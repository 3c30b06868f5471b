/** The AI SDK in the three ways in which it can speak to an OpenAI-compatible server. */
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, generateText, type LanguageModel, Output, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { vectorOf } from '../upstream/index.ts';
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
beforeAll(async () => {
  on = await startGateway();
});
afterAll(() => on?.stop());

const compatible = () =>
  createOpenAICompatible({
    name: 'lightchat',
    baseURL: on.v1,
    apiKey: KEY,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
const official = () => createOpenAI({ baseURL: on.v1, apiKey: KEY });

const ways: [string, (model: string) => LanguageModel][] = [
  ['openai-compatible', (model) => compatible()(model)],
  ['openai chat', (model) => official().chat(model)],
  ['openai responses', (model) => official()(model)],
];
const all = ways.flatMap(([way, model]) => providers.map((provider) => [way, provider, model] as const));

const tools = {
  add: tool({
    description: 'Adds two numbers.',
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => a + b,
  }),
};
const quiet = { onError: () => undefined, maxRetries: 0, prompt: 'Go.' };

describe.each(all)('AI SDK, %s, provider %s', (way, provider, model) => {
  it('[CP-1] generateText has text, finish reason and usage', async () => {
    const answer = await generateText({ model: model(`${provider}/ok`), prompt: 'Go.' });
    expect([answer.text, answer.finishReason]).toEqual([numbered(20), 'stop']);
    expect(answer.usage).toMatchObject({ outputTokens: 20, inputTokens: expect.any(Number) });
  });

  it('[CP-1] streamText streams it', async () => {
    const answer = streamText({ ...quiet, model: model(`${provider}/ok`) });
    const pieces: string[] = [];
    for await (const piece of answer.textStream) pieces.push(piece);
    expect(pieces.join('')).toBe(numbered(20));
    expect(pieces.length).toBeGreaterThan(1);
    expect([await answer.finishReason, (await answer.usage).outputTokens]).toEqual(['stop', 20]);
  });

  it('[CP-8] loops through a tool, streamed or not', async () => {
    const asked = { ...quiet, model: model(`${provider}/tool-loop`), tools, stopWhen: atMostFour };
    const whole = await generateText(asked);
    expect([whole.text, whole.steps.length]).toEqual(['The tool says 3', 2]);
    expect(whole.steps[0]?.toolCalls).toMatchObject([{ toolName: 'add', input: { a: 1, b: 2 } }]);
    const streamed = streamText(asked);
    expect([await streamed.text, (await streamed.steps).length]).toEqual(['The tool says 3', 2]);
  });

  it('[CP-1] gets an object of its schema', async () => {
    const asked = saying('{"name":"Ada","born":1815}');
    const schema = z.object({ name: z.string(), born: z.number() });
    const output = Output.object({ schema });
    const whole = await generateText({ ...quiet, model: model(`${provider}/${asked}`), output });
    expect(whole.output).toEqual({ name: 'Ada', born: 1815 });
    const streamed = streamText({ ...quiet, model: model(`${provider}/${asked}`), output });
    expect(await streamed.output).toEqual({ name: 'Ada', born: 1815 });
    expect(JSON.stringify(bodyOf(on.upstream, asked))).toContain('"born":{"type":"number"}');
  });

  it('[CP-5] frees the upstream when it aborts', async () => {
    const asked = once('u26-endless');
    const stop = new AbortController();
    const answer = streamText({ ...quiet, model: model(`${provider}/${asked}`), abortSignal: stop.signal });
    for await (const piece of answer.textStream) if (piece.includes('token3')) stop.abort();
    await freed(on.upstream, asked);
  });

  it('[LC-008] a refusal is an APICallError with status and message', async () => {
    const answer = generateText({ ...quiet, model: model(`${provider}/u20-no-model`) });
    const error = await answer.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APICallError);
    expect(error).toMatchObject({
      statusCode: 404,
      isRetryable: false,
      message: expect.stringContaining('u20-no-model'),
    });
  });

  it.each(['u17-error', 'u9-eof-no-finish', 'u7-reset'])(
    '[LC-008] %s after three tokens is an error part, never an end',
    async (scenario) => {
      const answer = streamText({ ...quiet, model: model(`${provider}/${scenario}`) });
      const parts: { type: string; error?: unknown }[] = [];
      for await (const part of answer.fullStream) parts.push(part);
      const errors = parts.filter(({ type }) => type === 'error');
      expect(errors.length).toBe(1);
      expect(JSON.stringify(errors[0]?.error, ['message', 'error']) + String(errors[0]?.error)).toMatch(/.{20}/);
      expect(parts.filter(({ type }) => type === 'text-delta').length).toBeGreaterThan(0);
    },
  );

  it('[CP-1] reads the reasoning where it can', async () => {
    const answer = streamText({ ...quiet, model: model(`${provider}/thinking`) });
    expect(await answer.text).toBe(numbered(5));
    // Its chat model for OpenAI itself knows no reasoning: OpenAI sends none there.
    if (way !== 'openai chat') expect(await answer.reasoningText).toBe('Let me think about it.');
  });
});

// At once: it waits two seconds each time.
describe.concurrent('AI SDK, retries', () => {
  it.each(all)('[LC-007] %s, provider %s, tries again after a failure that passes', async (_way, provider, model) => {
    const asked = once('flaky?fails=1&status=500');
    const answer = await generateText({ ...quiet, maxRetries: 1, model: model(`${provider}/${asked}`) });
    expect(answer.text).toBe(numbered(20));
  });
});

describe.each(providers)('AI SDK, embeddings, provider %s', (provider) => {
  it('[CP-8] embedMany gets vectors in order', async () => {
    const values = ['one', 'three', 'five'];
    for (const model of [compatible().embeddingModel(`${provider}/ok`), official().embedding(`${provider}/ok`)]) {
      const { embeddings, usage } = await embedMany({ model, values });
      expect(embeddings).toEqual(values.map((text) => vectorOf(text)));
      expect(usage.tokens).toBe(12);
    }
  });
});

/** A loop that does not end by itself is a fault, which must not hang the test. */
const atMostFour = ({ steps }: { steps: unknown[] }) => steps.length >= 4;
