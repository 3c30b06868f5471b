/** OpenAI's Agents SDK, over chat completions and over responses, which is what it takes by itself. */
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  setTracingDisabled,
  tool,
} from '@openai/agents';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { freed, type Gateway, KEY, numbered, once, providers, saying, startGateway } from './support/gateway.ts';

let on: Gateway;
beforeAll(async () => {
  setTracingDisabled(true);
  on = await startGateway();
});
afterAll(() => on?.stop());

const client = () => new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 0 });
const ways = {
  'chat completions': (model: string) => new OpenAIChatCompletionsModel(client(), model),
  responses: (model: string) => new OpenAIResponsesModel(client(), model),
};
const all = Object.entries(ways).flatMap(([way, model]) => providers.map((one) => [way, one, model] as const));

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => String(a + b),
});
const runner = new Runner({ tracingDisabled: true });
const atMost = { maxTurns: 4 };

describe.each(all)('Agents SDK, %s, provider %s', (_way, provider, model) => {
  it('[LC-F] an agent answers', async () => {
    const agent = new Agent({ name: 'Helper', instructions: 'Be brief.', model: model(`${provider}/ok`) });
    const result = await runner.run(agent, 'Go.', atMost);
    expect(result.finalOutput).toBe(numbered(20));
    expect(result.state.usage.outputTokens).toBe(20);
  });

  it('[LC-F] an agent uses its tool and answers with what came of it', async () => {
    const agent = new Agent({ name: 'Helper', model: model(`${provider}/tool-loop`), tools: [add] });
    const result = await runner.run(agent, 'How much is 1 and 2?', atMost);
    expect(result.finalOutput).toBe('The tool says 3');
  });

  it('[LC-F] an agent streams through its tool', async () => {
    const agent = new Agent({ name: 'Helper', model: model(`${provider}/tool-loop`), tools: [add] });
    const result = await runner.run(agent, 'How much is 1 and 2?', { ...atMost, stream: true });
    let text = '';
    for await (const piece of result.toTextStream()) text += piece;
    await result.completed;
    expect([text, result.finalOutput]).toEqual(['The tool says 3', 'The tool says 3']);
  });

  it('[LC-F] an agent has an output type', async () => {
    const outputType = z.object({ name: z.string() });
    const agent = new Agent({ name: 'Helper', model: model(`${provider}/${saying('{"name":"Ada"}')}`), outputType });
    expect((await runner.run(agent, 'Who?', atMost)).finalOutput).toEqual({ name: 'Ada' });
  });

  it('[CP-5] frees the upstream when a run is aborted', async () => {
    const asked = once('u26-endless');
    const stop = new AbortController();
    const agent = new Agent({ name: 'Helper', model: model(`${provider}/${asked}`) });
    const result = await runner.run(agent, 'Go.', { ...atMost, stream: true, signal: stop.signal });
    const read = async () => {
      for await (const piece of result.toTextStream()) if (piece.includes('token3')) stop.abort();
    };
    await read().catch(() => undefined);
    await freed(on.upstream, asked);
  });

  it.each(['u17-error', 'u9-eof-no-finish', 'u7-reset', 'u20-no-model'])(
    '[LC-008] %s fails the run, streamed or not',
    async (scenario) => {
      const agent = new Agent({ name: 'Helper', model: model(`${provider}/${scenario}`) });
      await expect(runner.run(agent, 'Go.', atMost)).rejects.toThrow(/.{20}/);
      const streamed = await runner.run(agent, 'Go.', { ...atMost, stream: true });
      const read = async () => {
        for await (const _ of streamed);
        await streamed.completed;
      };
      await expect(read()).rejects.toThrow(/.{20}/);
    },
  );
});
