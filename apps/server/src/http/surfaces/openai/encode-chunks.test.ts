import { describe, expect, it } from 'vitest';
import type { CompletionEnd } from '../../../engine/run/complete.ts';
import { parseSse } from '../../testing/serve.ts';
import { createChunkEncoder } from './encode-chunks.ts';

const head = { id: 'chatcmpl-1', created: 7, model: 'p/"quoted"\nmodel' };
const ended = (finish_reason: string): CompletionEnd => ({
  status: 'completed',
  finish_reason,
  usage: null,
  error: null,
  provider_id: 'p',
  model_id: 'm',
  attempts: 1,
  duration_ms: 1,
  first_output_ms: 1,
  text: '',
});
const call = { type: 'tool-call', call_id: 'a', name: 'f', arguments: '{}' } as const;
const choicesOf = (events: string[]) =>
  parseSse(events.join('')).flatMap(({ data }) => (data === '[DONE]' ? [] : JSON.parse(data).choices));

describe('chunks', () => {
  it('[CP-1] begin with the role, also when nothing follows', () => {
    expect(choicesOf(createChunkEncoder(head, 'snake').finish(ended('stop'), false))).toEqual([
      { index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: 'stop' },
    ]);
    const chunks = createChunkEncoder(head, 'snake');
    expect(chunks.encode([])).toHaveLength(1);
    expect(chunks.encode([])).toHaveLength(0);
  });

  it.each([
    [0, 'stop', 'stop'],
    [0, 'tool_calls', 'stop'],
    [1, 'stop', 'tool_calls'],
    [2, 'tool_calls', 'tool_calls'],
    [1, 'length', 'length'],
    [0, 'content_filter', 'content_filter'],
  ])('[CP-8] after %i calls and "%s" the reason is "%s"', (calls, given, reason) => {
    const chunks = createChunkEncoder(head, 'snake');
    chunks.encode(Array.from({ length: calls }, () => call));
    expect(choicesOf(chunks.finish(ended(given), false)).at(-1)).toMatchObject({ finish_reason: reason });
  });

  it.each(['a\n\ndata: [DONE]\n\n', '\r\n', '\u2028', '\ud800', '"\\', '\u0000', ''])(
    '[U12] no text can leave its event: %j',
    (text) => {
      const [, event = ''] = createChunkEncoder(head, 'snake').encode([{ type: 'text-delta', text }]);
      expect(event.split(/[\r\n]/)).toEqual([
        'id: chatcmpl-1:1',
        expect.stringMatching(/^data: \{"id":"chatcmpl-1",.*\}$/s),
        '',
        '',
      ]);
      const { choices, model } = JSON.parse(event.split('\n')[1]?.slice(6) ?? '');
      expect([choices[0].delta.content, model]).toEqual([text, head.model]);
    },
  );

  it('[LC-008] tell of an error and end', () => {
    const error = { error: { message: 'No.', type: 'server_error', param: null, code: null } };
    expect(createChunkEncoder(head, 'snake').fail(error)).toEqual([
      `id: chatcmpl-1:0\ndata: ${JSON.stringify(error)}\n\n`,
      'id: chatcmpl-1:1\ndata: [DONE]\n\n',
    ]);
  });
});
