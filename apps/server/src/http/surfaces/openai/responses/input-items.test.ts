import { describe, expect, it } from 'vitest';
import { readRequest } from '../read-request.ts';
import { toMessages } from './input-items.ts';
import { responsesBodySchema } from './request-body.ts';

const messagesOf = (input: unknown, instructions?: string) =>
  toMessages(instructions, readRequest(responsesBodySchema, { input }).input);
const faultOf = (input: unknown) => {
  try {
    messagesOf(input);
    return undefined;
  } catch (error) {
    return (error as { details: { issues: { path: string }[] } }).details.issues[0]?.path;
  }
};
const picture = 'data:image/png;base64,aGk=';

describe('the input of /v1/responses', () => {
  it('[CP-1] is text, or messages of every role with text or parts, with or without a type', () => {
    expect(messagesOf('Hello')).toEqual([{ role: 'user', text: 'Hello' }]);
    expect(
      messagesOf([
        { role: 'user', content: [{ type: 'input_text', text: 'a' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'b' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
        { role: 'developer', content: 'c' },
        { role: 'user', content: 'd' },
      ]),
    ).toEqual([
      { role: 'user', text: 'a' },
      { role: 'assistant', text: 'b\n\nno' },
      { role: 'system', text: 'c' },
      { role: 'user', text: 'd' },
    ]);
  });

  it('[CP-1] begins with one system turn, whatever the instructions come as', () => {
    const input = [
      { role: 'developer', content: 'two' },
      { role: 'system', content: 'three' },
      { role: 'user', content: 'go' },
    ];
    expect(messagesOf(input, 'one')).toEqual([
      { role: 'system', text: 'one\n\ntwo\n\nthree' },
      { role: 'user', text: 'go' },
    ]);
  });

  it('[L12] holds nobody up with thousands of calls in one turn', () => {
    const call = { type: 'function_call', call_id: 'c', name: 'n', arguments: '{}' };
    const began = performance.now();
    expect(messagesOf(Array.from({ length: 39_000 }, () => call))).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('[CP-8] makes one turn of what a model said in one go: reasoning, text and calls', () => {
    expect(
      messagesOf([
        { role: 'user', content: 'go' },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: null },
        { type: 'message', role: 'assistant', content: 'I look.' },
        { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"at":1}' },
        { type: 'function_call', call_id: 'c2', name: 'look', namespace: 'eyes', arguments: '' },
        { type: 'function_call_output', call_id: 'c1', output: 'one' },
        { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
        { type: 'custom_tool_call', call_id: 'c3', name: 'patch', input: '*** Begin' },
        { type: 'custom_tool_call_output', call_id: 'c3', output: 'done' },
      ]),
    ).toEqual([
      { role: 'user', text: 'go' },
      {
        role: 'assistant',
        text: 'I look.',
        reasoning: 'hm',
        tool_calls: [
          { call_id: 'c1', name: 'look', arguments: '{"at":1}' },
          { call_id: 'c2', name: 'eyes__look', arguments: '{}' },
        ],
      },
      { role: 'tool', call_id: 'c1', name: 'look', text: 'one' },
      { role: 'tool', call_id: 'c2', name: 'eyes__look', text: 'two' },
      {
        role: 'assistant',
        text: '',
        tool_calls: [{ call_id: 'c3', name: 'patch', arguments: '{"input":"*** Begin"}' }],
      },
      { role: 'tool', call_id: 'c3', name: 'patch', text: 'done' },
    ]);
  });

  it('[CP-8] shows pictures, those of tools after all results of the turn', () => {
    const image = { type: 'image', url: picture };
    expect(
      messagesOf([
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'see' },
            { type: 'input_image', image_url: picture },
          ],
        },
        { type: 'function_call', call_id: 'c1', name: 'view', arguments: '{}' },
        { type: 'function_call', call_id: 'c2', name: 'view', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_image', image_url: picture }] },
        { type: 'function_call_output', call_id: 'c2', output: 'nothing' },
      ]),
    ).toEqual([
      { role: 'user', text: 'see', parts: [{ type: 'text', text: 'see' }, image] },
      expect.objectContaining({ role: 'assistant' }),
      { role: 'tool', call_id: 'c1', name: 'view', text: expect.stringContaining('picture') },
      { role: 'tool', call_id: 'c2', name: 'view', text: 'nothing' },
      { role: 'user', text: expect.stringContaining('picture'), parts: [expect.anything(), image] },
    ]);
  });

  it('[CP-1] passes over calls of tools that only OpenAI runs', () => {
    const input = [
      { role: 'user', content: 'go' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'something_new', whatever: 1 },
      { type: 'reasoning', id: 'rs_1', summary: [] },
    ];
    expect(messagesOf(input)).toEqual([{ role: 'user', text: 'go' }]);
  });

  it('[CP-1] refuses what it would have to leave out of the question, and says where it is', () => {
    const said = (...content: unknown[]) => [{ role: 'user', content }];
    expect(faultOf(said({ type: 'input_file', file_data: 'data:...' }))).toBe('input.0.content.0');
    expect(faultOf(said({ type: 'input_text', text: 'x' }, { type: 'input_audio' }))).toBe('input.0.content.1.type');
    expect(faultOf(said({ type: 'input_image', file_id: 'file_1' }))).toBe('input.0.content.0.image_url');
    expect(faultOf(said({ type: 'input_image', image_url: 'file:///etc/passwd' }))).toBe('input.0.content.0.image_url');
    expect(
      faultOf([
        { role: 'user', content: 'x' },
        { type: 'function_call', name: 'f', arguments: '{}' },
      ]),
    ).toBe('input.1.call_id');
    expect(faultOf([{ role: 'critic', content: 'x' }])).toBe('input.0.role');
    expect(faultOf(5)).toBe('input');
  });
});
