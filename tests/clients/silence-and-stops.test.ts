/** Long silences, which are filled with comments, and a server that goes away: no client may take either for an end. */
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner } from '@openai/agents';
import { type LanguageModel, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, KEY, numbered, once, startGateway } from './support/gateway.ts';

let on: Gateway;
beforeAll(async () => {
  on = await startGateway({ settings: 'retry: { attempts: 0 }\nlimits: { heartbeat_ms: 50 }' });
});
afterAll(() => on?.stop());

const openai = () => new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'Go.' }];

async function* ofAiSdk(model: LanguageModel): AsyncGenerator<string> {
  const answer = streamText({ model, prompt: 'Go.', maxRetries: 0, onError: () => undefined });
  for await (const part of answer.fullStream) {
    if (part.type === 'text-delta') yield part.text;
    if (part.type === 'error') throw part.error instanceof Error ? part.error : new Error(String(part.error));
  }
}

async function* ofAgent(model: OpenAIChatCompletionsModel | OpenAIResponsesModel): AsyncGenerator<string> {
  const runner = new Runner({ tracingDisabled: true });
  const result = await runner.run(new Agent({ name: 'Helper', model }), 'Go.', { stream: true, maxTurns: 2 });
  for await (const piece of result.toTextStream()) yield piece;
  await result.completed;
}

/** Each yields the pieces of one answer, and throws when it failed. */
const clients: Record<string, (model: string) => AsyncGenerator<string>> = {
  async *'openai, chat completions'(model) {
    const stream = await openai().chat.completions.create({ model, messages, stream: true });
    for await (const { choices } of stream) yield choices[0]?.delta.content ?? '';
  },
  async *'openai, responses'(model) {
    for await (const event of await openai().responses.create({ model, input: 'Go.', stream: true })) {
      if (event.type === 'response.output_text.delta') yield event.delta;
      if (event.type === 'response.failed') throw new Error(event.response.error?.message);
    }
  },
  'AI SDK, openai-compatible': (model) => ofAiSdk(createOpenAICompatible({ name: 'it', baseURL: on.v1 })(model)),
  'AI SDK, openai chat': (model) => ofAiSdk(createOpenAI({ baseURL: on.v1, apiKey: KEY }).chat(model)),
  'AI SDK, responses': (model) => ofAiSdk(createOpenAI({ baseURL: on.v1, apiKey: KEY })(model)),
  async *LangChain(model) {
    const chat = new ChatOpenAI({ model, apiKey: KEY, maxRetries: 0, configuration: { baseURL: on.v1 } });
    for await (const chunk of await chat.stream('Go.')) yield chunk.text;
  },
  'Agents SDK, chat completions': (model) => ofAgent(new OpenAIChatCompletionsModel(openai(), model)),
  'Agents SDK, responses': (model) => ofAgent(new OpenAIResponsesModel(openai(), model)),
};
const names = Object.keys(clients);
const ask = (name: string, model: string) =>
  clients[name]?.(model) ?? expect.unreachable(`no client is called ${name}`);

async function whole(pieces: AsyncGenerator<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

const SILENT = 'ok?tokens=3&first=300&delay=300';

describe.concurrent('a silent model', () => {
  it.each(['chat/completions', 'responses'])('[CP-1] is covered by comments in /v1/%s', async (path) => {
    const { status, text } = await on.post(`/v1/${path}`, {
      model: `up/${SILENT}`,
      messages,
      input: 'Go.',
      stream: true,
    });
    expect(status).toBe(200);
    expect(text.match(/^:.*$/gm)?.length).toBeGreaterThan(3);
  });

  it.each(names)('[CP-1] %s waits through the comments', async (name) => {
    expect(await whole(ask(name, `up/${once(SILENT)}`))).toBe(numbered(3));
  });
});

/** Asks with every client at once, and resolves when each has its first piece: with what becomes of the rest. */
async function inTheMiddle(model: string): Promise<Promise<string>[]> {
  return Promise.all(
    names.map(async (name) => {
      const pieces = ask(name, `up/${once(model)}`);
      const first = String((await pieces.next()).value);
      const rest = whole(pieces).then(
        (text) => first + text,
        (error: unknown) => (error instanceof Error ? 'failed' : `threw ${error}`),
      );
      // In a list, so that nobody waits for it yet.
      return [rest];
    }),
  ).then((all) => all.flat());
}

describe('a server that goes away in the middle', () => {
  it('[LC-008] told to stop, it lets the answers of every client end', async () => {
    const tokens = 40;
    const answers = await inTheMiddle(`ok?tokens=${tokens}&delay=50`);
    const gone = on.server.kill('SIGTERM');
    expect(await Promise.all(answers)).toEqual(names.map(() => numbered(tokens)));
    expect((await gone).code).toBe(0);
    await on.server.restart();
  });

  it('[LC-008] killed, it makes every client fail, and none takes it for an end', async () => {
    const answers = await inTheMiddle('u26-endless?delay=20');
    await on.server.kill('SIGKILL');
    expect(await Promise.all(answers)).toEqual(names.map(() => 'failed'));
    await on.server.restart();
  });
});
