import { readFileSync } from 'node:fs';
import { limitsSchema } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { playBytes } from '../testing/byte-player.ts';
import { collect, errorOf, summarize } from '../testing/collect.ts';
import { createOllamaProvider } from './index.ts';

async function read(text: string) {
  const http = playBytes({ chunks: [Buffer.from(text)] });
  return collect(createOllamaProvider({ id: 'p', type: 'ollama' }, http, limitsSchema.parse({})), 'model');
}
const fixture = (name: string) => readFileSync(new URL(`./__fixtures__/${name}.ndjson`, import.meta.url), 'utf8');
const line = (message: object, more: object = { done: false }) => `${JSON.stringify({ message, ...more })}\n`;

describe('streams of a real Ollama', () => {
  it('[LC-006] thinking is reasoning, and the last line has the usage', async () => {
    const events = await read(fixture('thinking'));
    expect(summarize(events)).toEqual({
      reasoning: 'The user says hi.',
      text: 'Hi there! 👋',
      calls: [],
      end: 'finish stop',
    });
    expect(events.at(-2)).toEqual({
      type: 'usage',
      usage: { prompt_tokens: 11, completion_tokens: 19, total_tokens: 30 },
    });
  });

  it('[U25] tool calls come whole, get an id when they lack one, and make the finish reason', async () => {
    const events = await read(fixture('tool-calls'));
    expect(summarize(events)).toMatchObject({
      calls: ['get_weather({"city":"Zürich"})', 'get_time({})'],
      end: 'finish tool_calls',
    });
    const ids = events.flatMap((event) => (event.type === 'tool-call' ? [event.call_id] : []));
    expect(ids[0]).toBe('call_a1b2c3d4');
    expect(ids[1]).toMatch(/^call_\w{10,}$/);
  });

  it('[U17] a line that holds only an error ends the answer with it', async () => {
    const events = await read(fixture('runner-died'));
    expect(summarize(events)).toMatchObject({ text: 'It began', end: 'PROVIDER_ERROR before-output' });
    expect(errorOf(events).error.message).toContain('unexpected EOF');
  });
});

describe('odd lines', () => {
  it('[U8] the last line needs no line end', async () => {
    const text = line({ content: 'a' }) + line({ content: '' }, { done: true, done_reason: 'stop' }).trimEnd();
    expect(summarize(await read(text))).toMatchObject({ text: 'a', end: 'finish stop' });
  });

  it('[U9] half a line at the end counts as not sent', async () => {
    const text = line({ content: 'a' }) + line({ content: 'b' }, { done: true }).slice(0, 20);
    expect(summarize(await read(text))).toMatchObject({ text: 'a', end: 'STREAM_INTERRUPTED before-output no_finish' });
  });

  it.each([
    ['length', 'finish length'],
    ['stop', 'finish stop'],
    [undefined, 'finish stop'],
  ])('[U23] done_reason %s is "%s"', async (done_reason, end) => {
    expect(summarize(await read(line({ content: 'a' }) + line({}, { done: true, done_reason }))).end).toBe(end);
  });

  it('[U14] a model that was only loaded gave no answer', async () => {
    const text = line({ role: 'assistant', content: '' }, { done: true, done_reason: 'load' });
    expect(summarize(await read(text)).end).toBe('PROVIDER_ERROR before-output empty_response');
  });

  it('[U29] lines after the last one are ignored', async () => {
    const text = line({ content: 'a' }) + line({}, { done: true, done_reason: 'stop' }) + line({ content: 'b' });
    expect(summarize(await read(text))).toMatchObject({ text: 'a', end: 'finish stop' });
  });

  it('[U10] a line that is not an object is not an answer', async () => {
    for (const bad of ['5', '"x"', '[]', 'null', 'data: {"choices":[]}']) {
      expect(summarize(await read(`${bad}\n`)).end).toBe('PROVIDER_ERROR before-output bad_upstream_event');
    }
  });
});
