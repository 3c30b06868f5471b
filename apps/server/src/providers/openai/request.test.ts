import { describe, expect, it } from 'vitest';
import type { ModelRequest, PromptMessage } from '../../engine/ports.ts';
import { readTarget } from '../kit/target.ts';
import { toChatRequest } from './request.ts';

const targetOf = (host: string) => readTarget({ id: 'p', type: 'openai', host }, { remedy: '', address_remedy: '' });
const local = targetOf('http://localhost:1234/v1');
const base = { model_id: 'm', messages: [{ role: 'user' as const, text: 'Hi' }] };

describe('the request to an OpenAI-compatible server', () => {
  it('[LC-008] asks for a stream with usage, and sends only what was set', () => {
    expect(JSON.parse(toChatRequest(local, base))).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('[CP-1] passes sampling and tools on', () => {
    const tools = [{ type: 'function', function: { name: 'add', parameters: {} } }];
    const body = JSON.parse(toChatRequest(local, { ...base, temperature: 0, top_p: 0.5, max_tokens: 7, tools }));
    expect(body).toMatchObject({ temperature: 0, top_p: 0.5, max_tokens: 7, tools });
    expect(JSON.parse(toChatRequest(local, { ...base, tools: [] }))).not.toHaveProperty('tools');
  });

  it('[LC-008] uses the length limit that OpenAI itself accepts for all its models', () => {
    const body = JSON.parse(toChatRequest(targetOf('https://api.openai.com/v1'), { ...base, max_tokens: 7 }));
    expect(body.max_completion_tokens).toBe(7);
    expect(body).not.toHaveProperty('max_tokens');
  });

  it('[CP-1] passes every option on that this API has a word for', () => {
    const options = {
      stop: ['END'],
      seed: 7,
      frequency_penalty: 0.5,
      presence_penalty: -0.5,
      reasoning_effort: 'high' as const,
    };
    expect(JSON.parse(toChatRequest(local, { ...base, ...options, context_length: 4096 }))).toEqual({
      ...JSON.parse(toChatRequest(local, base)),
      ...options,
    });
    expect(JSON.parse(toChatRequest(local, { ...base, stop: [] }))).not.toHaveProperty('stop');
  });

  it('[CP-8] says how tools are chosen only where there are tools', () => {
    const tools = [{ type: 'function', function: { name: 'add' } }];
    const choice = { tool_choice: 'required', parallel_tool_calls: false };
    expect(JSON.parse(toChatRequest(local, { ...base, tools, ...choice }))).toMatchObject({ tools, ...choice });
    const without = JSON.parse(toChatRequest(local, { ...base, ...choice }));
    expect(without).not.toHaveProperty('tool_choice');
    expect(without).not.toHaveProperty('parallel_tool_calls');
  });

  it('[CP-1] asks for JSON, and for JSON of a shape', () => {
    const ask = (response_format: ModelRequest['response_format']) =>
      JSON.parse(toChatRequest(local, { ...base, response_format })).response_format;
    expect(ask({ type: 'json' })).toEqual({ type: 'json_object' });
    const schema = { type: 'object' };
    expect(ask({ type: 'json-schema', name: 'n', schema, strict: true })).toEqual({
      type: 'json_schema',
      json_schema: { name: 'n', schema, strict: true },
    });
  });
});

describe('the turns for an OpenAI-compatible server', () => {
  const write = (turn: PromptMessage, place?: 'reasoning' | 'reasoning_content' | 'content') =>
    JSON.parse(toChatRequest(local, { model_id: 'm', messages: [turn] }, place)).messages[0];

  it('[CP-8] carry images beside their text', () => {
    const url = 'data:image/png;base64,AAAA';
    const parts = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image' as const, url },
      { type: 'image' as const, url: 'https://example.com/a.png', detail: 'low' },
    ];
    expect(write({ role: 'user', text: 'What is this?', parts }).content).toEqual([
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
    ]);
  });

  it('[CA-4] carry tool calls with their exact arguments, and the results under their ids', () => {
    const call = { call_id: 'c1', name: 'add', arguments: '{"a": 1' };
    expect(write({ role: 'assistant', text: '', tool_calls: [call] })).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a": 1' } }],
    });
    expect(write({ role: 'tool', call_id: 'c1', name: 'add', text: '3' })).toEqual({
      role: 'tool',
      tool_call_id: 'c1',
      name: 'add',
      content: '3',
    });
    expect(write({ role: 'tool', call_id: 'c1', text: '3' })).not.toHaveProperty('name');
  });

  it('[CA-4] give back what the provider attached to a call', () => {
    const provider_data = { google: { thought_signature: 'abc' } };
    const call = { call_id: 'c1', name: 'add', arguments: '{}', provider_data };
    expect(write({ role: 'assistant', text: '', tool_calls: [call] }).tool_calls[0].extra_content).toEqual(
      provider_data,
    );
  });

  it('[LC-008] put reasoning where the server puts it itself, and nowhere while that is not known', () => {
    const turn = { role: 'assistant' as const, text: 'Yes.', reasoning: 'hm' };
    expect(write(turn)).toEqual({ role: 'assistant', content: 'Yes.' });
    expect(write(turn, 'reasoning')).toEqual({ role: 'assistant', content: 'Yes.', reasoning: 'hm' });
    expect(write(turn, 'reasoning_content')).toMatchObject({ content: 'Yes.', reasoning_content: 'hm' });
    expect(write(turn, 'content').content).toEqual([
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'Yes.' },
    ]);
  });
});
