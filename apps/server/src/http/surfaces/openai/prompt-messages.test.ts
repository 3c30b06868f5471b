import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { messageSchema } from './message-schema.ts';
import { toPromptMessages } from './prompt-messages.ts';
import { readRequest } from './read-request.ts';

const schema = z.object({ messages: z.array(messageSchema) });
const read = (...messages: unknown[]) => toPromptMessages(readRequest(schema, { messages }).messages);
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

describe('messages', () => {
  it('[CP-1] have text as a string or in parts, whoever speaks', () => {
    for (const role of ['system', 'user', 'assistant'] as const) {
      expect(read({ role, content: 'Hi' })).toEqual([{ role, text: 'Hi' }]);
      const content = [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two', cache_control: { type: 'ephemeral' } },
      ];
      expect(read({ role, content, name: 'Ada' })).toEqual([{ role, text: 'one\ntwo' }]);
    }
    expect(read({ role: 'developer', content: 'Be brief.' })).toEqual([{ role: 'system', text: 'Be brief.' }]);
    const answer = { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: '3' }] };
    expect(read(answer)).toEqual([{ role: 'tool', call_id: 'call_1', text: '3' }]);
  });

  it('[CP-8] carry tool calls and what came of them', () => {
    const called = { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
    const sloppy = { id: 'call_2', function: { name: 'now', arguments: {} }, extra_content: { google: { s: 'x' } } };
    expect(
      read(
        { role: 'assistant', content: null, tool_calls: [called, sloppy] },
        { role: 'tool', tool_call_id: 'call_1', name: 'add', content: '3' },
        { role: 'tool', tool_call_id: 'call_2', content: null },
      ),
    ).toEqual([
      {
        role: 'assistant',
        text: '',
        tool_calls: [
          { call_id: 'call_1', name: 'add', arguments: '{"a":1}' },
          { call_id: 'call_2', name: 'now', arguments: '{}', provider_data: { google: { s: 'x' } } },
        ],
      },
      { role: 'tool', call_id: 'call_1', name: 'add', text: '3' },
      { role: 'tool', call_id: 'call_2', text: '' },
    ]);
  });

  it('[CP-8] carry images beside their text, by data: URL or by address', () => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: PNG, detail: 'low' } },
      { type: 'image_url', image_url: 'https://pictures.example/cat.png' },
    ];
    expect(read({ role: 'user', content })).toEqual([
      {
        role: 'user',
        text: 'What is this?',
        parts: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', url: PNG, detail: 'low' },
          { type: 'image', url: 'https://pictures.example/cat.png' },
        ],
      },
    ]);
  });

  it('[CP-1] give back what the model thought, under either name, and leave thinking parts out', () => {
    expect(read({ role: 'assistant', content: 'Yes', reasoning_content: 'hm' })).toEqual([
      { role: 'assistant', text: 'Yes', reasoning: 'hm' },
    ]);
    expect(read({ role: 'assistant', content: 'Yes', reasoning: 'hm' })).toMatchObject([{ reasoning: 'hm' }]);
    const parts = [
      { type: 'thinking', thinking: [] },
      { type: 'text', text: 'Yes' },
    ];
    expect(read({ role: 'assistant', content: parts })).toEqual([{ role: 'assistant', text: 'Yes' }]);
    expect(read({ role: 'assistant', content: null, refusal: 'No.' })).toEqual([{ role: 'assistant', text: 'No.' }]);
  });

  it.each([
    ['messages.0.role', { role: 'robot', content: 'x' }],
    ['messages.0.content', { role: 'user', content: 7 }],
    ['messages.0.content', { role: 'user' }],
    ['messages.0.content.1.type', { role: 'user', content: [{ type: 'text', text: 'x' }, { type: 'input_audio' }] }],
    ['messages.0.content.0.text', { role: 'user', content: [{ type: 'text' }] }],
    ['messages.0.content.0.type', { role: 'system', content: [{ type: 'image_url', image_url: { url: PNG } }] }],
    [
      'messages.0.content.0.image_url.url',
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] },
    ],
    ['messages.0.tool_call_id', { role: 'tool', content: 'x' }],
    ['messages.0.tool_calls.0.function.name', { role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }],
  ])('[CP-1] that are not valid are refused by name: %s', (path, message) => {
    expect(() => read(message)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining(path),
        details: { issues: [{ path, message: expect.any(String) }] },
      }),
    );
  });
});
