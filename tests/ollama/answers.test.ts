import type { Message, MessageTree, ModelInfo } from '@lightchat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../server/start-server.ts';
import { createOllama, type Ollama } from './ollama-server.ts';
import { allEvents, getJson, post, postJson, spoken, startProduct } from './product.ts';
import { brief, createToyModels, thoughtful } from './toy-models.ts';

let ollama: Ollama;
let server: TestServer;

beforeAll(async () => {
  ollama = await createOllama();
  await ollama.start();
  await createToyModels(ollama);
  server = await startProduct(ollama.url);
});
afterAll(async () => {
  await server?.stop();
  await ollama?.dispose();
});

function lastAnswer(tree: MessageTree): Message {
  const message = tree.items.findLast(({ role }) => role === 'assistant');
  if (!message) throw new Error('no answer was stored');
  return message;
}

describe('answers of a real Ollama', () => {
  it('[LC-006, LC-022] POST /chat streams exactly what the model says', async () => {
    const events = await allEvents(await post(server, '/chat', { prompt: 'hi', provider_id: 'ollama' }));
    expect(events[0]).toMatchObject({ event: 'start', data: { provider_id: 'ollama', model_id: brief.name } });
    expect(spoken(events)).toBe(brief.says);
    expect(events.filter(({ event }) => event === 'message').length).toBeGreaterThan(5);
    expect(events.at(-1)).toMatchObject({ event: 'done', data: { finish_reason: 'stop' } });
    expect(events.at(-1)?.data.usage).toMatchObject({ completion_tokens: expect.any(Number) });
  });

  it('[CW-1] POST /chat/wait gives the same answer whole', async () => {
    const answer = await postJson(server, '/chat/wait', { prompt: 'hi', provider_id: 'ollama' });
    expect(answer).toMatchObject({ final_output: brief.says, finish_reason: 'stop', model_id: brief.name });
  });

  it('[CW-2] GET /chat/streaming numbers its tokens from 0', async () => {
    const query = new URLSearchParams({ message: 'hi', provider_id: 'ollama' });
    const events = await allEvents(await fetch(`${server.url}/chat/streaming?${query}`));
    const tokens = events.filter(({ event }) => event === 'token');
    expect(tokens.map(({ data }) => data.index)).toEqual(tokens.map((_, index) => index));
    expect(tokens.map(({ data }) => data.token).join('')).toBe(brief.says);
    expect(events.at(-1)).toMatchObject({ event: 'done', data: { final_output: brief.says } });
  });

  it('[LC-016] thoughts arrive as reasoning, apart from the answer, and are stored so', async () => {
    const events = await allEvents(
      await post(server, '/chat', { prompt: '2+2?', provider_id: 'ollama', model_id: thoughtful.name }),
    );
    const reasoning = events.filter(({ event }) => event === 'reasoning').map(({ data }) => data.text);
    expect(reasoning.join('').trim()).toBe(thoughtful.thinks);
    expect(spoken(events)).toBe(thoughtful.says);
    const tree = await getJson<MessageTree>(server, `/api/chat/sessions/${events[0]?.data.conversation_id}/messages`);
    expect(lastAnswer(tree).parts.map(({ type }) => type)).toEqual(['reasoning', 'text']);
  });

  it('[CA-4] the history of a conversation is sent along', async () => {
    const first = await postJson(server, '/chat/wait', { prompt: 'one', provider_id: 'ollama' });
    const { conversation_id } = first;
    const second = await postJson(server, '/chat/wait', { prompt: 'two', provider_id: 'ollama', conversation_id });
    const tokens = (answer: Record<string, unknown>) => (answer.usage as { prompt_tokens: number }).prompt_tokens;
    expect(second.final_output).toBe(brief.says);
    expect(tokens(second)).toBeGreaterThan(tokens(first) + 10);
  });

  it('[LC-005] models are listed with what Ollama knows about them', async () => {
    const models = await getJson<ModelInfo[]>(server, '/models/ollama');
    const find = (id: string) => models.find((model) => model.id === id);
    expect(models).toHaveLength(4);
    expect(find(brief.name)).toMatchObject({ context_length: 8192, capabilities: ['completion'] });
    expect(find(thoughtful.name)?.capabilities).toContain('thinking');
  });

  it('[U20] a model that is not there is named, with the command that fetches it', async () => {
    const events = await allEvents(
      await post(server, '/chat', { prompt: 'hi', provider_id: 'ollama', model_id: 'absent:7b' }),
    );
    expect(events.at(-1)).toMatchObject({ event: 'error', data: { error_code: 'MODEL_NOT_FOUND' } });
    expect(events.at(-1)?.data.message).toContain('ollama pull absent:7b');
  });

  it('[U23] an answer cut by max_tokens says so', async () => {
    const answer = await postJson(server, '/chat/wait', { prompt: 'hi', provider_id: 'ollama', max_tokens: 3 });
    expect(answer.finish_reason).toBe('length');
    expect(brief.says.startsWith(String(answer.final_output))).toBe(true);
  });

  it('[LC-008] the same Ollama answers the same through its OpenAI-compatible interface', async () => {
    const answer = await postJson(server, '/chat/wait', {
      prompt: 'hi',
      provider_id: 'compatible',
      model_id: brief.name,
    });
    expect(answer).toMatchObject({ final_output: brief.says, finish_reason: 'stop' });
    const models = await getJson<ModelInfo[]>(server, '/models/compatible');
    expect(models.map(({ id }) => id)).toContain(thoughtful.name);
  });
});
