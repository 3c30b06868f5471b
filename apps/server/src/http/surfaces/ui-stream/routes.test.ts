import { afterEach, expect, it } from 'vitest';
import type { ModelEvent } from '../../../engine/ports.ts';
import { type Script, saying } from '../../../engine/testing/scripted-provider.ts';
import { answerOf, assistant, type Chatting, chatting, readAnswer, runOf, text, user } from './testing/chatting.ts';

let on: Chatting;
afterEach(() => on.served.close());

const HANGING: Script = [[{ type: 'text-delta', text: 'Half ' }], 'hang'];
const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';

it('[CP-3] streams an answer as useChat reads it, under the id that the stored message has', async () => {
  const said: ModelEvent[] = [
    { type: 'reasoning-delta', text: 'Hm.' },
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo' },
    { type: 'usage', usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
    { type: 'finish', reason: 'length' },
  ];
  on = await chatting([said]);
  const { chunks, ids, response } = await on.chat({ messages: [user('u1', text('Hi'))] });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-vercel-ai-ui-message-stream': 'v1',
  });
  const { items, active_leaf_id } = await on.tree();
  const { id: messageId, run_id, conversation_id, provider_id, model_id, created_at } = items[1] ?? {};
  expect(chunks).toEqual([
    { type: 'start', messageId, messageMetadata: { run_id, conversation_id, provider_id, model_id, created_at } },
    { type: 'start-step' },
    { type: 'reasoning-start', id: 'reasoning-1' },
    { type: 'reasoning-delta', id: 'reasoning-1', delta: 'Hm.' },
    { type: 'reasoning-end', id: 'reasoning-1' },
    { type: 'text-start', id: 'text-2' },
    { type: 'text-delta', id: 'text-2', delta: 'Hel' },
    { type: 'text-delta', id: 'text-2', delta: 'lo' },
    { type: 'text-end', id: 'text-2' },
    { type: 'finish-step' },
    {
      type: 'finish',
      finishReason: 'length',
      messageMetadata: { status: 'completed', finish_reason: 'length', usage: items[1]?.usage },
    },
  ]);
  expect(ids).toEqual(chunks.map((_, at) => `${run_id}:${at}`));
  expect(active_leaf_id).toBe(messageId);
  expect(items[0]).toMatchObject({ role: 'user', parts: [{ type: 'text', text: 'Hi' }] });
});

it('[CW-3] a reconnect gets everything from the first chunk while the answer is written, and nothing when idle', async () => {
  on = await chatting(HANGING);
  const stream = (path = 'their-chat') => fetch(`${on.served.url}/api/chat/${path}/stream`);
  expect((await stream()).status).toBe(204);
  const live = await on.begun({ messages: [user('u1', text('First'))] });
  live.cut();
  const [session] = await on.sessions();
  for (const id of ['their-chat', session?.id, runOf(live.chunks)]) {
    const again = await on.opened(`/api/chat/${id}/stream`, 4);
    expect(again.chunks).toEqual(live.chunks);
    again.cut();
  }
  expect((await stream('somebody-elses')).status).toBe(204);
  await on.post('/api/chat/their-chat/stop', {});
  expect((await stream()).status).toBe(204);
});

it('[CW-3] Last-Event-ID and startIndex give exactly the rest, wherever the stream was cut', async () => {
  const both: ModelEvent[] = [
    { type: 'reasoning-delta', text: 'Hm' },
    { type: 'text-delta', text: 'Half ' },
  ];
  on = await chatting([both, 'hang']);
  const live = await on.begun({ messages: [user('u1', text('First'))] }, 7);
  const run_id = runOf(live.chunks);
  const url = '/api/chat/their-chat/stream';
  const rests = live.chunks
    .slice(0, 6)
    .flatMap((_, at) => [
      on.opened(url, 6 - at, { headers: { 'last-event-id': `${run_id}:${at}` } }),
      on.opened(`${url}?startIndex=${at + 1}`, 6 - at),
    ]);
  for (const [at, rest] of (await Promise.all(rests)).entries()) {
    expect(rest.chunks).toEqual(live.chunks.slice(Math.floor(at / 2) + 1));
    rest.cut();
  }
  await on.post('/api/chat/their-chat/stop', {});
  const end = await readAnswer(await fetch(on.served.url + url, { headers: { 'last-event-id': `${run_id}:6` } }));
  expect(end.chunks.map(({ type }) => type)).toEqual(['text-end', 'finish-step', 'abort', 'finish']);
  const byRun = await readAnswer(await fetch(`${on.served.url}/api/chat/${run_id}/stream?startIndex=7`));
  expect(byRun.chunks).toEqual(end.chunks);
  const whole = await readAnswer(await fetch(`${on.served.url}/api/chat/${run_id}/stream?startIndex=0`));
  expect(whole.chunks).toEqual([...live.chunks, ...end.chunks]);
  expect((await fetch(`${on.served.url}/api/chat/${run_id}/stream`)).status).toBe(204);
  const nothing = await fetch(on.served.url + url, { headers: { 'last-event-id': end.ids.at(-1) ?? '' } });
  expect(nothing.status).toBe(204);
});

it('[CW-3] a cursor of another chat, of no run or of no shape is refused', async () => {
  on = await chatting(saying('one'));
  const { ids } = await on.chat({ messages: [user('u1', text('First'))] });
  const status = async (chatId: string, cursor: string) =>
    (await fetch(`${on.served.url}/api/chat/${chatId}/stream`, { headers: { 'last-event-id': cursor } })).status;
  expect(await status('another', ids[0] ?? '')).toBe(404);
  expect(await status('their-chat', 'run_none:1')).toBe(404);
  expect(await status('their-chat', 'junk')).toBe(400);
  const negative = await fetch(`${on.served.url}/api/chat/their-chat/stream?startIndex=-1`);
  expect(negative.status).toBe(400);
});

it('[CP-5] stop ends the answer for everyone, closes its parts and gives the message that is kept', async () => {
  on = await chatting(HANGING);
  const body = { messages: [user('u1', text('First'))] };
  const live = await on.begun(body);
  const watching = fetch(`${on.served.url}/api/chat/their-chat/stream`);
  const run_id = runOf(live.chunks);
  const stale = await on.post('/api/chat/their-chat/stop', {
    activeStreamId: 'run_before',
    assistantMessage: { parts: [] },
  });
  expect(await stale.json()).toMatchObject({ id: answerOf(live.chunks), metadata: { status: 'running' } });
  expect((await on.served.engine.get('local', run_id)).status).toBe('running');
  const answers: unknown[] = [];
  for (const stop of [{ activeStreamId: run_id }, {}, { activeStreamId: run_id }]) {
    answers.push(await (await on.post('/api/chat/their-chat/stop', stop)).json());
  }
  expect(answers[0]).toMatchObject({
    id: answerOf(live.chunks),
    role: 'assistant',
    parts: [{ type: 'step-start' }, { type: 'text', text: 'Half ', state: 'done' }],
    metadata: { run_id, status: 'stopped', finish_reason: 'stopped' },
  });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  const seen = await readAnswer(await watching);
  expect(seen.chunks.slice(-4)).toMatchObject([
    { type: 'text-end' },
    { type: 'finish-step' },
    { type: 'abort' },
    { type: 'finish', finishReason: 'other', messageMetadata: { status: 'stopped' } },
  ]);
});

it('[CP-5] stop without a body, of an unknown chat and of an empty one', async () => {
  on = await chatting(saying('one'));
  expect((await fetch(`${on.served.url}/api/chat/nothing/stop`, { method: 'POST' })).status).toBe(404);
  const { id } = (await (await on.post('/api/chat/sessions', {})).json()) as { id: string };
  expect((await fetch(`${on.served.url}/api/chat/${id}/stop`, { method: 'POST' })).status).toBe(204);
});

it('[CW-4] a failure closes what is open, says why in a sentence, and the message keeps what arrived', async () => {
  const error = { error_code: 'PROVIDER_ERROR', message: 'The model fell over.', details: {} } as const;
  on = await chatting([[{ type: 'text-delta', text: 'Half' }], [{ type: 'error', error, retry: 'never' }]]);
  const { chunks } = await on.chat({ messages: [user('u1', text('First'))] });
  expect(chunks.slice(2)).toMatchObject([
    { type: 'text-start' },
    { type: 'text-delta', delta: 'Half' },
    { type: 'text-end' },
    { type: 'finish-step' },
    { type: 'message-metadata', messageMetadata: { status: 'failed', finish_reason: 'error' } },
    { type: 'error', errorText: 'The model fell over.' },
  ]);
  const next = [user('u1', text('First')), assistant(answerOf(chunks)), user('u2', text('Second'))];
  await on.chat({ messages: next });
  expect(on.lastPrompt()).toEqual(['user: First', 'assistant: Half', 'user: Second']);
});

it('[CW-4] an answer that its provider never finished is an error, not a silent end', async () => {
  on = await chatting([[{ type: 'text-delta', text: 'Half' }]]);
  const { chunks } = await on.chat({ messages: [user('u1', text('First'))] });
  expect(chunks.at(-1)).toMatchObject({ type: 'error', errorText: expect.stringContaining('incomplete') });
});

it('[LC-007] waiting and trying again are told in passing', async () => {
  const error = { error_code: 'PROVIDER_ERROR', message: 'Busy.', details: {} } as const;
  const failing: Script = [[{ type: 'progress', state: 'loading-model' }], [{ type: 'error', error, retry: 'safe' }]];
  on = await chatting(failing, saying('one'));
  const { chunks } = await on.chat({ messages: [user('u1', text('First'))] });
  expect(chunks.slice(2, 4)).toEqual([
    { type: 'data-progress', data: { state: 'loading-model' }, transient: true },
    { type: 'data-retry', data: { attempt: 2, delay_ms: expect.any(Number), message: 'Busy.' }, transient: true },
  ]);
  expect(chunks).toContainEqual({ type: 'text-delta', id: expect.any(String), delta: 'one' });
});

it('[CP-8] images come along as data; addresses and other files are refused in words', async () => {
  on = await chatting(saying('one'));
  const image = { type: 'file', mediaType: 'image/png', url: PIXEL, filename: 'dot.png' };
  await on.chat({ messages: [user('u1', text('Look'), image, { type: 'data-note', data: 1 })] });
  const parts = on.served.provider.requests[0]?.messages[0];
  expect(parts).toMatchObject({
    text: 'Look',
    parts: [
      { type: 'image', url: PIXEL },
      { type: 'text', text: 'Look' },
    ],
  });
  await on.chat({ messages: [user('u1', text('Look'), image)] });
  expect(on.served.provider.requests).toHaveLength(1);
  await on.chat({ messages: [user('u2', image)] });
  expect((await on.tree()).items.at(-2)?.parts[0]).toMatchObject({ type: 'file', filename: 'dot.png' });
  const refused: [ReturnType<typeof text>[], RegExp][] = [
    [[{ type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' }], /fetches nothing/],
    [[{ type: 'file', mediaType: 'application/pdf', url: 'data:application/pdf;base64,AAAA' }], /Only images/],
    [[{ type: 'file', mediaType: 'image/png' }], /Only images/],
    [[text('  ')], /text or an image/],
    [[], /text or an image/],
  ];
  for (const [sent, message] of refused) {
    const response = await on.post('/api/chat', { id: 'their-chat', messages: [user('u9', ...sent)] });
    const body = (await response.json()) as { error_code: string; message: string };
    expect([response.status, body.error_code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.message).toMatch(message);
  }
});

it('[CP-3] takes model, temperature and system prompt from the body, and checks them', async () => {
  on = await chatting(saying('one'));
  await on.chat({ message: user('u1', text('Hi')), model: 'scripted/big', temperature: 0.5, system: 'Be brief.' });
  expect(on.served.provider.requests[0]).toMatchObject({ model_id: 'big', temperature: 0.5 });
  expect(on.lastPrompt()).toEqual(['system: Be brief.', 'user: Hi']);
  await on.chat({
    message: user('u2', text('Hi')),
    provider_id: 'scripted',
    model_id: 'small',
    model: 'ignored',
    max_tokens: 9,
  });
  expect(on.served.provider.requests[1]).toMatchObject({ model_id: 'small', max_tokens: 9 });
  const wrong: object[] = [
    { temperature: 3 },
    { model: 7 },
    { id: '' },
    { id: 'x'.repeat(129) },
    { id: '\ud800' },
    { id: 'sessions' },
    { trigger: 'resume-stream' },
    { message: undefined },
    { message: undefined, messages: [] },
    { message: { role: 'tool', parts: [] } },
    { message: undefined, messages: [user('u3', text('Hi')), assistant('a3')] },
    { message: undefined, messages: [{ role: 'system', parts: [text('Hi')] }] },
  ];
  for (const fault of wrong) {
    const response = await on.post('/api/chat', { id: 'their-chat', message: user('u3', text('Hi')), ...fault });
    expect([response.status, await response.json()]).toMatchObject([400, { error_code: 'INVALID_REQUEST' }]);
  }
  expect(on.served.provider.requests).toHaveLength(2);
});

it('[CP-6] an id may have any letters', async () => {
  on = await chatting(HANGING);
  const id = 'Ünï/code? 💬 %2F#'.padEnd(128, '中');
  const live = await on.begun({ id, messages: [user('u1', text('First'))] });
  const again = await on.opened(`/api/chat/${encodeURIComponent(id)}/stream`, 4);
  expect(again.chunks).toEqual(live.chunks);
  const stopped = await on.post(`/api/chat/${encodeURIComponent(id)}/stop`, {});
  expect(await stopped.json()).toMatchObject({ id: answerOf(live.chunks) });
});
