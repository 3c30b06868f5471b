import type { Message, MessagePart } from '@lightchat/protocol';
import { expect, it } from 'vitest';
import { toUIMessage } from './ui-message.ts';

function message(parts: MessagePart[], more: Partial<Message> = {}): Message {
  return {
    id: 'msg_1',
    conversation_id: 'conv_1',
    parent_id: 'msg_0',
    role: 'assistant',
    parts,
    status: 'completed',
    run_id: 'run_1',
    provider_id: 'provider',
    model_id: 'model',
    finish_reason: 'stop',
    usage: null,
    error: null,
    created_at: '2026-01-02T03:04:05.678Z',
    ...more,
  };
}
const call = (state: Extract<MessagePart, { type: 'tool-call' }>['state'], more = {}): MessagePart => ({
  type: 'tool-call',
  call_id: 'c1',
  name: 'add',
  arguments: '{"a":1}',
  state,
  ...more,
});

it('[CP-3] a stored answer has the shape that useChat folds from the stream', () => {
  const text: MessagePart = { type: 'text', text: 'Yes.' };
  const parts: MessagePart[] = [{ type: 'reasoning', text: 'Hm.' }, call('done', { output: '2' }), text];
  expect(toUIMessage(message(parts))).toEqual({
    id: 'msg_1',
    role: 'assistant',
    metadata: {
      run_id: 'run_1',
      conversation_id: 'conv_1',
      provider_id: 'provider',
      model_id: 'model',
      created_at: '2026-01-02T03:04:05.678Z',
      status: 'completed',
      finish_reason: 'stop',
    },
    parts: [
      { type: 'step-start' },
      { type: 'reasoning', text: 'Hm.', state: 'done' },
      {
        type: 'dynamic-tool',
        toolCallId: 'c1',
        toolName: 'add',
        input: { a: 1 },
        state: 'output-available',
        output: '2',
      },
      { type: 'step-start' },
      { type: 'text', text: 'Yes.', state: 'done' },
    ],
  });
  const { parts: live } = toUIMessage(message([text, text], { status: 'running' }));
  expect(live.slice(1)).toMatchObject([{ state: 'done' }, { state: 'streaming' }]);
});

it('[CP-8] a tool call in each of its states', () => {
  const approval_id = 'p1';
  const states: [MessagePart, object][] = [
    [call('called'), { state: 'input-available' }],
    [call('called', { arguments: '{' }), { state: 'output-error', input: '{', errorText: /JSON/ }],
    [call('awaiting-approval', { approval_id }), { state: 'approval-requested', approval: { id: 'p1' } }],
    [call('approved', { approval_id }), { state: 'approval-responded', approval: { id: 'p1', approved: true } }],
    [call('denied', { approval_id }), { state: 'output-denied', approval: { id: 'p1', approved: false } }],
    [call('failed', { output: 'No.' }), { state: 'output-error', errorText: 'No.' }],
  ];
  for (const [part, expected] of states) {
    const { errorText, ...rest } = { errorText: undefined, ...expected };
    const shown = toUIMessage(message([part])).parts[1];
    expect(shown).toMatchObject(rest);
    if (errorText) expect(shown).toMatchObject({ errorText: expect.stringMatching(errorText) });
  }
});

it('[CP-8] a user message keeps its images and has no steps', () => {
  const image: MessagePart = {
    type: 'file',
    media_type: 'image/png',
    url: 'data:image/png;base64,AAAA',
    filename: 'a.png',
  };
  const user = toUIMessage(message([image, { type: 'text', text: 'Look' }], { role: 'user', run_id: null }));
  expect(user.parts).toEqual([
    { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AAAA', filename: 'a.png' },
    { type: 'text', text: 'Look', state: 'done' },
  ]);
});
