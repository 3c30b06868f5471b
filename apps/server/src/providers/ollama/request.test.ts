import { describe, expect, it } from 'vitest';
import type { ModelRequest, PromptMessage } from '../../engine/ports.ts';
import { toChatRequest } from './request.ts';

const base: ModelRequest = { model_id: 'llama3.2', messages: [{ role: 'system', text: 'Be kind.' }] };
const write = (request: Partial<ModelRequest>, defaults?: Parameters<typeof toChatRequest>[1]) =>
  JSON.parse(toChatRequest({ ...base, ...request }, defaults));

describe('the request to Ollama', () => {
  it('[LC-006] asks for a stream and never for silent truncation, and sends only what was set', () => {
    expect(write({})).toEqual({
      model: 'llama3.2',
      messages: [{ role: 'system', content: 'Be kind.' }],
      stream: true,
      truncate: false,
    });
  });

  it('[CP-1] puts sampling and the context size into options', () => {
    expect(write({ temperature: 0, top_p: 0.9, max_tokens: 5 }, { context_length: 16384 }).options).toEqual({
      num_ctx: 16384,
      temperature: 0,
      top_p: 0.9,
      num_predict: 5,
    });
    const more = { stop: ['END'], seed: 7, frequency_penalty: 0.5, presence_penalty: -0.5 };
    expect(write(more).options).toEqual(more);
    expect(write({ stop: [] })).not.toHaveProperty('options');
  });

  it('[CP-1] the context size of the request counts before that of the settings', () => {
    expect(write({ context_length: 8192 }, { context_length: 16384 }).options).toEqual({ num_ctx: 8192 });
    expect(write({}, { context_length: null })).not.toHaveProperty('options');
  });

  it.each([
    ['none', false],
    ['minimal', 'low'],
    ['low', 'low'],
    ['medium', 'medium'],
    ['high', 'high'],
    ['xhigh', 'high'],
    ['max', 'max'],
  ] as const)('[CP-1] the reasoning effort %s is think %j', (reasoning_effort, think) => {
    expect(write({ reasoning_effort }).think).toBe(think);
    expect(write({ reasoning_effort }, { capabilities: ['completion', 'thinking'] }).think).toBe(think);
  });

  it('[CP-1] think is not said unasked, nor to a model that is known not to think', () => {
    expect(write({}, { capabilities: ['thinking'] })).not.toHaveProperty('think');
    expect(write({ reasoning_effort: 'high' }, { capabilities: ['completion'] })).not.toHaveProperty('think');
  });

  it('[CP-1] asks for JSON, and for JSON of a shape', () => {
    const schema = { type: 'object' };
    expect(write({ response_format: { type: 'json' } }).format).toBe('json');
    expect(write({ response_format: { type: 'json-schema', name: 'n', schema } }).format).toEqual(schema);
  });

  it('[CP-8] offers the tools that may be called', () => {
    const [add, mail] = ['add', 'mail'].map((name) => ({ type: 'function', function: { name } }));
    const tools = [add ?? {}, mail ?? {}];
    expect(write({ tools }).tools).toEqual(tools);
    expect(write({ tools, tool_choice: 'required' }).tools).toEqual(tools);
    expect(write({ tools, tool_choice: 'none' })).not.toHaveProperty('tools');
    expect(write({ tools, tool_choice: { type: 'function', function: { name: 'mail' } } }).tools).toEqual([mail]);
    expect(write({ tools: [] })).not.toHaveProperty('tools');
    const custom = { type: 'custom', custom: { name: 'apply_patch' } };
    expect(write({ tools: [custom, ...tools] }).tools).toEqual(tools);
    expect(write({ tools: [custom] })).not.toHaveProperty('tools');
  });
});

describe('the turns for Ollama', () => {
  const turns = (...messages: PromptMessage[]) => write({ messages }).messages;

  it('[CP-8] carry images as bare base64', () => {
    const parts = [
      { type: 'text' as const, text: 'What?' },
      { type: 'image' as const, url: 'data:image/png;base64,QUJD' },
    ];
    expect(turns({ role: 'user', text: 'What?', parts })).toEqual([
      { role: 'user', content: 'What?', images: ['QUJD'] },
    ]);
  });

  it.each(['https://example.com/a.png', 'data:image/svg+xml,<svg/>', 'a.png'])(
    '[CP-8] cannot carry the image %s',
    (url) => {
      const parts = [{ type: 'image' as const, url }];
      expect(() => turns({ role: 'user', text: '', parts })).toThrow(/fetches no images.*base64 data: URL/);
    },
  );

  it('[CP-8] carry no images to a model that is known not to see: those of the question are refused', () => {
    const image = { type: 'image' as const, url: 'data:image/png;base64,QUJD' };
    const seen: PromptMessage = { role: 'user', text: 'What?', parts: [image] };
    const blind = { capabilities: ['completion'] };
    expect(() => write({ messages: [seen] }, blind)).toThrow(/cannot see images/);
    const later: PromptMessage[] = [seen, { role: 'assistant', text: 'A cat.' }, { role: 'user', text: 'Sure?' }];
    expect(write({ messages: later }, blind).messages[0]).toEqual({ role: 'user', content: 'What?' });
    expect(write({ messages: later }, { capabilities: ['vision'] }).messages[0].images).toEqual(['QUJD']);
  });

  it('[CA-4] carry tool calls with arguments as an object, and name the tool of a result', () => {
    const call = { call_id: 'c1', name: 'add', arguments: '{"a": 1}' };
    expect(
      turns(
        { role: 'assistant', text: '', reasoning: 'hm', tool_calls: [call] },
        { role: 'tool', call_id: 'c1', text: '3' },
        { role: 'tool', call_id: 'c2', name: 'mail', text: 'sent' },
      ),
    ).toEqual([
      {
        role: 'assistant',
        content: '',
        thinking: 'hm',
        tool_calls: [{ id: 'c1', function: { index: 0, name: 'add', arguments: { a: 1 } } }],
      },
      { role: 'tool', content: '3', tool_call_id: 'c1', tool_name: 'add' },
      { role: 'tool', content: 'sent', tool_call_id: 'c2', tool_name: 'mail' },
    ]);
  });

  it.each(['{"a": 1', '[1]', '', '"text"'])(
    '[U25] arguments that are no object (%j) go back as an empty one',
    (text) => {
      const [turn] = turns({ role: 'assistant', text: '', tool_calls: [{ call_id: 'c', name: 'f', arguments: text }] });
      expect(turn.tool_calls[0].function.arguments).toEqual({});
    },
  );
});
