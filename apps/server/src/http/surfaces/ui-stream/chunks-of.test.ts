import type { ChatEvent, NewChatEvent, Run } from '@lightchat/protocol';
import { expect, it } from 'vitest';
import { uiChunkSchema } from './chunk.ts';
import { createChunker } from './chunks-of.ts';
import { encodeChunks } from './encode.ts';

const STARTED: NewChatEvent = {
  type: 'run-started',
  run_id: 'run_1',
  conversation_id: 'conv_1',
  message_id: 'msg_1',
  user_message_id: 'msg_0',
  provider_id: 'provider',
  model_id: 'model',
  created_at: '2026-01-02T03:04:05.678Z',
};
const FINISHED: NewChatEvent = {
  type: 'run-finished',
  status: 'completed',
  finish_reason: 'stop',
  usage: null,
  duration_ms: 5,
  finished_at: '2026-01-02T03:04:06.678Z',
};
const text = (words: string): NewChatEvent => ({ type: 'text-delta', text: words });
const call = (call_id: string, written = '{"a":1}'): NewChatEvent => ({
  type: 'tool-call',
  call_id,
  name: 'add',
  arguments: written,
});
const result = (call_id: string, is_error = false): NewChatEvent => ({
  type: 'tool-result',
  call_id,
  output: 'two',
  is_error,
});

const numbered = (events: readonly NewChatEvent[]) => events.map((event, index) => ({ ...event, index }) as ChatEvent);

/** What lies between `start-step` and the last `finish-step`, each chunk checked against what clients know. */
function between(...events: NewChatEvent[]): unknown[] {
  const chunksOf = createChunker();
  const chunks = numbered([STARTED, ...events, FINISHED]).flatMap(chunksOf);
  expect(chunks.map((chunk) => uiChunkSchema.parse(chunk))).toEqual(chunks);
  expect(chunks.slice(-2).map(({ type }) => type)).toEqual(['finish-step', 'finish']);
  return chunks.slice(2, -2);
}

it('[CP-3] text and reasoning that take turns are parts of their own, each closed before the next', () => {
  const reasoning: NewChatEvent = { type: 'reasoning-delta', text: 'hm' };
  expect(between(text('a'), text('b'), reasoning, text('c'))).toEqual([
    { type: 'text-start', id: 'text-1' },
    { type: 'text-delta', id: 'text-1', delta: 'a' },
    { type: 'text-delta', id: 'text-1', delta: 'b' },
    { type: 'text-end', id: 'text-1' },
    { type: 'reasoning-start', id: 'reasoning-3' },
    { type: 'reasoning-delta', id: 'reasoning-3', delta: 'hm' },
    { type: 'reasoning-end', id: 'reasoning-3' },
    { type: 'text-start', id: 'text-4' },
    { type: 'text-delta', id: 'text-4', delta: 'c' },
    { type: 'text-end', id: 'text-4' },
  ]);
});

it('[CP-8] a tool call is whole and dynamic, and what follows its result is another step', () => {
  expect(between(text('a'), call('c1'), call('c2', ''), result('c1'), result('c2', true), text('b'))).toEqual([
    { type: 'text-start', id: 'text-1' },
    { type: 'text-delta', id: 'text-1', delta: 'a' },
    { type: 'text-end', id: 'text-1' },
    { type: 'tool-input-start', toolCallId: 'c1', toolName: 'add', dynamic: true },
    { type: 'tool-input-delta', toolCallId: 'c1', inputTextDelta: '{"a":1}' },
    { type: 'tool-input-available', toolCallId: 'c1', toolName: 'add', input: { a: 1 }, dynamic: true },
    { type: 'tool-input-start', toolCallId: 'c2', toolName: 'add', dynamic: true },
    { type: 'tool-input-delta', toolCallId: 'c2', inputTextDelta: '' },
    { type: 'tool-input-available', toolCallId: 'c2', toolName: 'add', input: {}, dynamic: true },
    { type: 'tool-output-available', toolCallId: 'c1', output: 'two', dynamic: true },
    { type: 'tool-output-error', toolCallId: 'c2', errorText: 'two', dynamic: true },
    { type: 'finish-step' },
    { type: 'start-step' },
    { type: 'text-start', id: 'text-6' },
    { type: 'text-delta', id: 'text-6', delta: 'b' },
    { type: 'text-end', id: 'text-6' },
  ]);
});

it('[CP-8] arguments that are no JSON are told as such, and a refused call is denied', () => {
  const asks: NewChatEvent = { type: 'approval-requested', approval_id: 'p1', call_id: 'c1' };
  const resolved = (approved: boolean): NewChatEvent => ({ type: 'approval-resolved', approval_id: 'p1', approved });
  expect(between(call('c1', '{"a'), asks, resolved(false)).slice(2)).toEqual([
    {
      type: 'tool-input-error',
      toolCallId: 'c1',
      toolName: 'add',
      input: '{"a',
      errorText: 'The model wrote arguments that are not valid JSON.',
      dynamic: true,
    },
    { type: 'tool-approval-request', approvalId: 'p1', toolCallId: 'c1' },
    { type: 'tool-output-denied', toolCallId: 'c1' },
  ]);
  expect(between(call('c1'), asks, resolved(true)).slice(4)).toEqual([]);
});

it('[LC-007] another model that takes over is named in the metadata, and told in passing', () => {
  const error = { error_code: 'PROVIDER_ERROR', message: 'It fell over.', details: {} } as const;
  const taken: NewChatEvent = { type: 'fallback-taken', attempt: 2, provider_id: 'other', model_id: 'big', error };
  expect(between(taken)).toEqual([
    { type: 'message-metadata', messageMetadata: { provider_id: 'other', model_id: 'big' } },
    {
      type: 'data-fallback',
      data: { attempt: 2, provider_id: 'other', model_id: 'big', message: 'It fell over.' },
      transient: true,
    },
  ]);
});

it('[CW-3] the same events give the same bytes however they are batched, and the rest from any chunk', () => {
  const events = numbered([STARTED, text('a'), call('c1'), result('c1'), text('b'), text('c'), FINISHED]);
  const run = { id: 'run_1' } as Run;
  const whole = encodeChunks(0)(events, run);
  const lines = whole.split('\n\n');
  for (let from = 0; from < lines.length; from += 1) {
    const encode = encodeChunks(from);
    const rest = events.map((event) => encode([event], run)).join('');
    expect(rest).toBe(lines.slice(Math.min(from, lines.length - 2)).join('\n\n'));
  }
  expect(lines.slice(0, -2).map((line) => line.split('\n')[0])).toEqual(
    lines.slice(0, -2).map((_, index) => `id: run_1:${index}`),
  );
});
