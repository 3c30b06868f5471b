import { describe, expect, it } from 'vitest';
import { applyEvents } from './apply-event.ts';
import type { ChatEvent, NewChatEvent } from './chat-event.ts';
import type { Message } from './message.ts';

const empty: Message = {
  id: 'm',
  conversation_id: 'c',
  parent_id: null,
  role: 'assistant',
  parts: [],
  status: 'running',
  run_id: 'r',
  provider_id: 'p',
  model_id: 'm',
  finish_reason: null,
  usage: null,
  error: null,
  created_at: '',
};
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const numbered = (...events: NewChatEvent[]) => events.map((event, index) => ({ ...event, index }) as ChatEvent);
const text = (words: string): NewChatEvent => ({ type: 'text-delta', text: words });
const thought = (words: string): NewChatEvent => ({ type: 'reasoning-delta', text: words });

const whole = numbered(
  { type: 'run-progress', state: 'loading-model' },
  thought('h'),
  thought('m'),
  text('a'),
  text('b'),
  { type: 'tool-call', call_id: '1', name: 'clock', arguments: '{' },
  { type: 'tool-call', call_id: '2', name: 'mail', arguments: '{}' },
  { type: 'approval-requested', approval_id: 'x', call_id: '2' },
  { type: 'approval-resolved', approval_id: 'x', approved: false },
  { type: 'tool-result', call_id: '1', output: 'noon', is_error: false },
  text('c'),
  { type: 'usage', usage },
  {
    type: 'run-finished',
    status: 'completed',
    finish_reason: 'stop',
    usage,
    duration_ms: 1,
    finished_at: '',
  },
);

describe('the fold of a run', () => {
  it('[CA-4] joins neighbouring deltas of a kind, and keeps calls where they came with what became of them', () => {
    expect(applyEvents(empty, whole)).toEqual({
      ...empty,
      parts: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'ab' },
        { type: 'tool-call', call_id: '1', name: 'clock', arguments: '{', state: 'done', output: 'noon' },
        { type: 'tool-call', call_id: '2', name: 'mail', arguments: '{}', state: 'denied', approval_id: 'x' },
        { type: 'text', text: 'c' },
      ],
      status: 'completed',
      finish_reason: 'stop',
      usage,
    });
  });

  it('[CW-3] is the same however the events were batched', () => {
    const oneByOne = whole.reduce((message, event) => applyEvents(message, [event]), empty);
    expect(oneByOne).toEqual(applyEvents(empty, whole));
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const first = applyEvents(empty, whole.slice(0, cut));
      expect(applyEvents(first, whole.slice(cut))).toEqual(oneByOne);
    }
  });

  it('[CW-3] changes no message it was given, and answers the same one when nothing changed', () => {
    const before = applyEvents(empty, whole.slice(0, 8));
    const copy = JSON.parse(JSON.stringify(before)) as Message;
    const after = applyEvents(before, whole.slice(8));
    expect(before).toEqual(copy);
    expect(after.parts[0]).toBe(before.parts[0]);
    const silent = [...numbered({ type: 'run-progress', state: 'waiting' }), { type: 'from-the-future', index: 1 }];
    expect(applyEvents(before, silent as ChatEvent[])).toBe(before);
  });

  it('[U26] takes time in proportion to the events, whatever an upstream alternates', () => {
    const alternating = (_: unknown, index: number): ChatEvent => ({
      type: index % 2 ? 'text-delta' : 'reasoning-delta',
      index,
      text: 'x',
    });
    const many = Array.from({ length: 200_000 }, alternating);
    // Quadratic work would not end within the test's time limit.
    expect(applyEvents(empty, many).parts).toHaveLength(200_000);
  });
});
