/** Ollama's own client and LightChat read the same Ollama: what one understands, the other must understand alike. */
import { Ollama, type Tool } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectorOf } from '../upstream/index.ts';
import { type Gateway, KEY, startGateway } from './support/gateway.ts';
import { type Player, recordings, startPlayer } from './support/play-recording.ts';

let on: Gateway;
let player: Player;
beforeAll(async () => {
  player = await startPlayer();
  on = await startGateway({ providers: `  - { id: recorded, type: ollama, host: "${player.url}" }` });
});
afterAll(async () => {
  await on?.stop();
  await player?.close();
});

interface Reading {
  text: string;
  thinking: string;
  calls: { name: string | undefined; arguments: unknown }[];
  /** null: it failed. */
  ended: string | null;
  output_tokens: number | undefined;
}

const parameters = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } };
const tools = [{ type: 'function' as const, function: { name: 'add', description: 'Adds.', parameters } }];
const messages = [{ role: 'user' as const, content: 'How much is 1 and 2?' }];

async function asOllamaReads(host: string, model: string): Promise<Reading> {
  const reading: Reading = { text: '', thinking: '', calls: [], ended: null, output_tokens: undefined };
  try {
    const stream = await new Ollama({ host }).chat({ model, messages, tools: tools as Tool[], stream: true });
    for await (const { message, done, done_reason, eval_count } of stream) {
      reading.text += message.content;
      reading.thinking += message.thinking ?? '';
      for (const { function: call } of message.tool_calls ?? []) {
        reading.calls.push({ name: call.name, arguments: call.arguments });
      }
      if (!done) continue;
      reading.ended = done_reason;
      reading.output_tokens = eval_count;
    }
  } catch {
    reading.ended = null;
  }
  return reading;
}

async function asLightChatReads(model: string): Promise<Reading> {
  const openai = new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 0 });
  const reading: Reading = { text: '', thinking: '', calls: [], ended: null, output_tokens: undefined };
  try {
    const asked = { model, messages, tools, stream: true as const, stream_options: { include_usage: true } };
    for await (const { choices, usage } of await openai.chat.completions.create(asked)) {
      reading.output_tokens = usage?.completion_tokens ?? reading.output_tokens;
      const [choice] = choices;
      const delta = choice?.delta as (OpenAI.ChatCompletionChunk.Choice.Delta & { reasoning?: string }) | undefined;
      reading.text += delta?.content ?? '';
      reading.thinking += delta?.reasoning ?? '';
      for (const { function: call } of delta?.tool_calls ?? []) {
        if (call?.name) reading.calls.push({ name: call.name, arguments: '' });
        const last = reading.calls.at(-1);
        if (last) last.arguments += call?.arguments ?? '';
      }
      // Ollama has no word of its own for an end at which tools are called.
      if (choice?.finish_reason) reading.ended = choice.finish_reason === 'tool_calls' ? 'stop' : choice.finish_reason;
    }
  } catch {
    reading.ended = null;
  }
  for (const call of reading.calls) call.arguments = JSON.parse(String(call.arguments));
  return reading;
}

describe('Ollama, as its own client reads it', () => {
  it.each(recordings)('[LC-006] the recording %s', async (name) => {
    expect(await asLightChatReads(`recorded/${name}`)).toEqual(await asOllamaReads(player.url, name));
  });

  it.each([
    ['ok', 'stop'],
    ['thinking', 'stop'],
    ['tool-loop', 'stop'],
    ['markdown', 'stop'],
    ['u23-length', 'length'],
    ['u11-cuts?size=1', 'stop'],
    ['u11-cuts?size=7&ends=crlf', 'stop'],
    ['u17-error', null],
    ['u9-eof-no-finish', null],
    ['u7-reset', null],
    ['u20-no-model', null],
    ['u19-server-error', null],
  ])('[LC-006] the scenario %s', async (model, ended) => {
    const reading = await asLightChatReads(`lama/${model}`);
    expect(reading).toEqual(await asOllamaReads(on.upstream.url, model));
    expect(reading.ended).toBe(ended);
  });

  it('[CP-2] the list of models', async () => {
    const { models } = await new Ollama({ host: on.upstream.url }).list();
    const listed = await new OpenAI({ baseURL: on.v1, apiKey: KEY }).models.list();
    const ours = listed.data.map(({ id }) => id).filter((id) => id.startsWith('lama/'));
    expect(ours.sort()).toEqual(models.map(({ name }) => `lama/${name}`).sort());
  });

  it('[CP-8] vectors', async () => {
    const { embeddings } = await new Ollama({ host: on.upstream.url }).embed({ model: 'ok', input: ['one', 'three'] });
    expect(embeddings).toEqual([vectorOf('one'), vectorOf('three')]);
  });
});
