/**
 * A model that reasons before it calls a tool: every client sends back what it got, in its own words, and the model gets
 * a conversation that it can go on with.
 */
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Agent, tool as agentTool, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner } from '@openai/agents';
import { generateText, type LanguageModel, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bodyOf, type Gateway, KEY, once, providers, startGateway } from './support/gateway.ts';

let on: Gateway;
beforeAll(async () => {
  on = await startGateway();
});
afterAll(() => on?.stop());

const QUESTION = 'How much is 1 and 2?';
const parameters = z.object({ a: z.number(), b: z.number() });
const openai = () => new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 0 });
const official = () => createOpenAI({ baseURL: on.v1, apiKey: KEY });
const compatible = () => createOpenAICompatible({ name: 'lightchat', baseURL: on.v1 });

const add = tool({ inputSchema: parameters, execute: ({ a, b }) => String(a + b) });
const withAiSdk = (model: LanguageModel) => ({
  model,
  prompt: QUESTION,
  tools: { add },
  maxRetries: 0,
  stopWhen: ({ steps }: { steps: unknown[] }) => steps.length >= 4,
});
const agent = (model: OpenAIChatCompletionsModel | OpenAIResponsesModel) => {
  const execute = ({ a, b }: z.infer<typeof parameters>) => String(a + b);
  return new Agent({
    name: 'Helper',
    model,
    tools: [agentTool({ name: 'add', description: 'Adds.', parameters, execute })],
  });
};
const runner = new Runner({ tracingDisabled: true });
const run = async (model: OpenAIChatCompletionsModel | OpenAIResponsesModel) =>
  (await runner.run(agent(model), QUESTION, { maxTurns: 4 })).finalOutput;

const clients: Record<string, (model: string) => Promise<unknown>> = {
  'AI SDK, openai-compatible': async (model) => (await generateText(withAiSdk(compatible()(model)))).text,
  'AI SDK, openai-compatible, streamed': async (model) => await streamText(withAiSdk(compatible()(model))).text,
  'AI SDK, responses': async (model) => (await generateText(withAiSdk(official()(model)))).text,
  'AI SDK, responses, streamed': async (model) => await streamText(withAiSdk(official()(model))).text,
  'Agents SDK, chat completions': (model) => run(new OpenAIChatCompletionsModel(openai(), model)),
  'Agents SDK, responses': (model) => run(new OpenAIResponsesModel(openai(), model)),
  async 'openai, responses'(model) {
    const tools = [
      {
        type: 'function' as const,
        name: 'add',
        parameters: z.toJSONSchema(parameters) as Record<string, unknown>,
        strict: false,
      },
    ];
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: QUESTION }];
    const { output } = await openai().responses.create({ model, input, tools });
    expect(output.map(({ type }) => type)).toEqual(['reasoning', 'function_call']);
    const call = output.find((item) => item.type === 'function_call');
    const result = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: '3' };
    const all = [...input, ...(output as OpenAI.Responses.ResponseInput), result];
    return (await openai().responses.create({ model, input: all, tools })).output_text;
  },
};

describe.each(providers)('reasoning and tools, provider %s', (provider) => {
  it.each(Object.entries(clients))('[CP-8] %s', async (_, ask) => {
    const model = once('tool-loop?think=1');
    expect(await ask(`${provider}/${model}`)).toBe('The tool says 3');
    const { messages } = bodyOf<{ messages: { role: string; content: unknown }[] }>(on.upstream, model);
    expect(messages.map(({ role }) => role).filter((role) => role !== 'system')).toEqual(['user', 'assistant', 'tool']);
    const call = { function: { name: 'add' } };
    expect(messages.at(-2)).toMatchObject({ tool_calls: [call] });
    // Reasoning comes back as reasoning or not at all, and never as something that was said.
    expect(messages.at(-2)?.content ?? '').toBe('');
    expect(messages.at(-1)?.content).toBe('3');
  });
});
