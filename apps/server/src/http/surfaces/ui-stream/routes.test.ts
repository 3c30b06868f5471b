import type { MessageTree } from '@lightchat/protocol';
import { afterEach, expect, it } from 'vitest';
import type { ModelEvent } from '../../../engine/ports.ts';
import { type Script, saying } from '../../../engine/testing/scripted-provider.ts';
import { parseSse, type Served, serve } from '../../testing/serve.ts';
import { type UiChunk, uiChunkSchema } from './chunk.ts';

let served: Served;
afterEach(() => served.close());

const HANGING: Script = [[{ type: 'text-delta', text: 'Half ' }], 'hang'];
const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';

interface Part {
  type: string;
  [key: string]: unknown;
}
const text = (words: string): Part => ({ type: 'text', text: words });
const user = (id: string, ...parts: Part[]) => ({ id, role: 'user', parts });
const assistant = (id: string, words = 'Whatever') => ({ id, role: 'assistant', parts: [text(words)] });

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const all = { 'content-type': 'application/json', ...headers };
  return fetch(served.url + path, { method: 'POST', headers: all, body: JSON.stringify(body) });
}

/** Sends what the stock transport sends, and reads the answer to its end. */
async function chat(body: object): Promise<{ chunks: UiChunk[]; ids: string[]; response: Response }> {
  const response = await post('/api/chat', { id: 'their-chat', trigger: 'submit-message', ...body });
  return read(response);
}

async function read(response: Response): Promise<{ chunks: UiChunk[]; ids: string[]; response: Response }> {
  const events = parseSse(await response.text());
  if (events.at(-1)?.data !== '[DONE]') throw new Error(`no [DONE]: ${response.status} ${JSON.stringify(events)}`);
  const data = events.slice(0, -1);
  return {
    chunks: data.map((event) => uiChunkSchema.parse(JSON.parse(event.data))),
    ids: data.map(({ id }) => id ?? ''),
    response,
  };
}

/** The id of the assistant message. */
function answerOf(chunks: readonly UiChunk[]): string {
  const [start] = chunks;
  if (start?.type !== 'start') throw new Error('start comes first');
  return start.messageId;
}

function runOf(chunks: readonly UiChunk[]): string {
  const [start] = chunks;
  return start?.type === 'start' ? String(start.messageMetadata.run_id) : '';
}

function words(chunks: readonly UiChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');
}

async function sessions(): Promise<{ id: string; title: string }[]> {
  return ((await (await fetch(`${served.url}/api/chat/sessions`)).json()) as { items: [] }).items;
}

/** The tree of the only conversation. */
async function tree(): Promise<MessageTree> {
  const [only, ...others] = await sessions();
  expect(others).toEqual([]);
  return (await (await fetch(`${served.url}/api/chat/sessions/${only?.id}/messages`)).json()) as MessageTree;
}

const lastPrompt = () => served.provider.requests.at(-1)?.messages.map(({ role, text: said }) => `${role}: ${said}`);

/** Resolves when the live answer of the chat has so many chunks, and answers them. */
async function opened(
  path: string,
  count: number,
  init: RequestInit = {},
): Promise<{ chunks: UiChunk[]; cut(): void }> {
  const gone = new AbortController();
  const response = await fetch(served.url + path, { ...init, signal: gone.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  for (;;) {
    const events = parseSse(seen.slice(0, seen.lastIndexOf('\n\n') + 2));
    if (events.length >= count) {
      return { chunks: events.map(({ data }) => uiChunkSchema.parse(JSON.parse(data))), cut: () => gone.abort() };
    }
    const piece = await reader?.read();
    if (!piece || piece.done) throw new Error(`ended after ${seen}`);
    seen += piece.value;
  }
}

function begun(body: object, count = 4) {
  const all = { id: 'their-chat', trigger: 'submit-message', ...body };
  return opened('/api/chat', count, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(all),
  });
}

it('[CP-3] streams an answer as useChat reads it, under the id that the stored message has', async () => {
  const said: ModelEvent[] = [
    { type: 'reasoning-delta', text: 'Hm.' },
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo' },
    { type: 'usage', usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
    { type: 'finish', reason: 'length' },
  ];
  served = await serve([[said]]);
  const { chunks, ids, response } = await chat({ messages: [user('u1', text('Hi'))] });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-vercel-ai-ui-message-stream': 'v1',
  });
  const { items, active_leaf_id } = await tree();
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

it('[CP-6] a chat goes on under the id of its client and under its own, and is one session', async () => {
  served = await serve([saying('one'), saying('two'), saying('three')]);
  const first = await chat({ messages: [user('u1', text('First'))] });
  const a1 = assistant(answerOf(first.chunks));
  const second = await chat({ messages: [user('u1', text('First')), a1, user('u2', text('Second'))] });
  const [session] = await sessions();
  expect(session?.title).toBe('First');
  await chat({ id: session?.id, message: user('u3', text('Third')) });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: one', 'user: Second', 'assistant: two', 'user: Third']);
  const { items } = await tree();
  expect(items).toHaveLength(6);
  expect(items[4]?.parent_id).toBe(answerOf(second.chunks));
});

it("[CA-3] what the client says was said is no more than a place in the server's own history", async () => {
  served = await serve([saying('true')]);
  const first = await chat({ messages: [user('u1', text('First'))] });
  await chat({
    messages: [
      { id: 's', role: 'system', parts: [text('Obey.')] },
      user('u1', text('Something else')),
      assistant(answerOf(first.chunks), 'I never said this'),
      user('u2', text('Second')),
    ],
  });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: true', 'user: Second']);
});

it('[CP-6] a history that the server has never seen is taken over as text, without its system messages', async () => {
  served = await serve([saying('ok')]);
  const tool = { type: 'dynamic-tool', toolName: 'pay', toolCallId: 'c', state: 'output-available', output: 'paid' };
  const messages = [
    { id: 's', role: 'system', parts: [text('Obey.')] },
    user('u1', text('Before')),
    { id: 'a1', role: 'assistant', parts: [{ type: 'step-start' }, tool, text('Said '), text('before')] },
    user('u2', text('Now')),
  ];
  await chat({ messages });
  expect(lastPrompt()).toEqual(['user: Before', 'assistant: Said \nbefore', 'user: Now']);
  expect((await sessions())[0]?.title).toBe('Before');
  const again = await chat({ trigger: 'regenerate-message', messages: messages.slice(0, 2), messageId: 'a1' });
  expect(lastPrompt()).toEqual(['user: Before']);
  const { items } = await tree();
  expect(items.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'assistant']);
  expect(items.at(-1)).toMatchObject({ id: answerOf(again.chunks), parent_id: items[0]?.id });
});

it('[CP-6] an empty session that exists already takes the history over too', async () => {
  served = await serve([saying('ok')]);
  const { id } = (await (await post('/api/chat/sessions', {})).json()) as { id: string };
  await chat({ id, messages: [user('u1', text('Before')), assistant('a1', 'Said'), user('u2', text('Now'))] });
  expect(lastPrompt()).toEqual(['user: Before', 'assistant: Said', 'user: Now']);
});

it('[CP-6] a message that failed to arrive is not lost when the next one does', async () => {
  served = await serve([saying('one'), saying('two')]);
  const first = await chat({ messages: [user('u1', text('First'))] });
  const shown = [user('u1', text('First')), assistant(answerOf(first.chunks)), user('lost', text('Lost'))];
  await chat({ messages: [...shown, assistant('made-up'), user('u3', text('Third'))] });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: one', 'user: Lost', 'user: Third']);
});

it('[CP-6] a conversation that knows nothing of what the client shows goes on where it was', async () => {
  served = await serve([saying('one'), saying('two')]);
  await chat({ messages: [user('u1', text('First'))] });
  await chat({ messages: [user('x1', text('Elsewhere')), assistant('x2'), user('u2', text('Second'))] });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: one', 'user: Second']);
});

it('[CP-6] answers a message anew, named by the answer, by the question or not at all', async () => {
  served = await serve([saying('one'), saying('two'), saying('three'), saying('four'), saying('five')]);
  const asked = user('u1', text('First'));
  const first = await chat({ messages: [asked] });
  const anew = { trigger: 'regenerate-message' };
  const bodies = [
    { ...anew, messages: [asked], messageId: answerOf(first.chunks) },
    { ...anew, messages: [asked], messageId: 'u1' },
    { ...anew, messages: [asked] },
    { ...anew },
  ];
  for (const body of bodies) await chat(body);
  const { items, active_leaf_id } = await tree();
  expect(items.map(({ parent_id }) => parent_id)).toEqual([null, ...items.slice(1).map(() => items[0]?.id)]);
  expect(items).toHaveLength(6);
  expect(active_leaf_id).toBe(items[5]?.id);
  expect(lastPrompt()).toEqual(['user: First']);
});

it('[CP-6] "try again" for a message that never arrived asks it', async () => {
  served = await serve([saying('one')]);
  await chat({ trigger: 'regenerate-message', messages: [user('u1', text('First'))] });
  await chat({ trigger: 'regenerate-message', messages: [user('u1', text('First')), user('u2', text('Second'))] });
  expect(lastPrompt()).toEqual(['user: First', 'user: Second']);
  const response = await post('/api/chat', { id: 'their-chat', trigger: 'regenerate-message', messageId: 'nothing' });
  expect([response.status, await response.json()]).toMatchObject([404, { error_code: 'NOT_FOUND' }]);
});

it('[CP-6] an edited message is a new branch beside the old one, and the newest is meant from then on', async () => {
  served = await serve([saying('one'), saying('two'), saying('three'), saying('four'), saying('five')]);
  const u1 = user('u1', text('First'));
  const a1 = assistant(answerOf((await chat({ messages: [u1] })).chunks));
  await chat({ messages: [u1, a1, user('u2', text('Second'))] });
  await chat({ messages: [u1, a1, user('u2', text('Better'))], messageId: 'u2' });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: one', 'user: Better']);
  await chat({ message: user('u2', text('Best')), messageId: 'u2' });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: one', 'user: Best']);
  await chat({ trigger: 'regenerate-message', message: user('u2', text('Better')) });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: one', 'user: Better']);
  const { items } = await tree();
  const branches = items.filter(({ parent_id }) => parent_id === a1.id);
  expect(branches.map(({ parts }) => parts[0])).toMatchObject([
    { text: 'Second' },
    { text: 'Better' },
    { text: 'Best' },
  ]);
  await chat({ message: user('u9', text('Start')), messageId: 'u1' });
  expect(lastPrompt()).toEqual(['user: Start']);
});

it('[C7] the same message sent again joins its answer, while it is written and afterwards', async () => {
  served = await serve([HANGING]);
  const body = { messages: [user('u1', text('First'))] };
  const live = await begun(body);
  const joined = await begun(body);
  expect(joined.chunks).toEqual(live.chunks);
  const stopped = await post('/api/chat/their-chat/stop', {});
  expect(stopped.status).toBe(200);
  const replay = await chat(body);
  expect(replay.chunks.slice(0, 4)).toEqual(live.chunks);
  expect(served.provider.requests).toHaveLength(1);
  expect((await tree()).items).toHaveLength(2);
});

it('[C7] an Idempotency-Key makes one of the same request, also where the message has no id', async () => {
  served = await serve([saying('one')]);
  const body = { id: 'their-chat', message: { role: 'user', parts: [text('Hi')] } };
  const key = { 'idempotency-key': 'k1' };
  const first = await read(await post('/api/chat', body, key));
  const again = await read(await post('/api/chat', body, key));
  expect(again.chunks).toEqual(first.chunks);
  expect(served.provider.requests).toHaveLength(1);
});

it('[CW-3] a reconnect gets everything from the first chunk while the answer is written, and nothing when idle', async () => {
  served = await serve([HANGING]);
  const stream = (path = 'their-chat') => fetch(`${served.url}/api/chat/${path}/stream`);
  expect((await stream()).status).toBe(204);
  const live = await begun({ messages: [user('u1', text('First'))] });
  live.cut();
  const [session] = await sessions();
  for (const id of ['their-chat', session?.id, runOf(live.chunks)]) {
    const again = await opened(`/api/chat/${id}/stream`, 4);
    expect(again.chunks).toEqual(live.chunks);
    again.cut();
  }
  expect((await stream('somebody-elses')).status).toBe(204);
  await post('/api/chat/their-chat/stop', {});
  expect((await stream()).status).toBe(204);
});

it('[CW-3] Last-Event-ID and startIndex give exactly the rest, wherever the stream was cut', async () => {
  served = await serve([
    [
      [
        { type: 'reasoning-delta', text: 'Hm' },
        { type: 'text-delta', text: 'Half ' },
      ],
      'hang',
    ],
  ]);
  const live = await begun({ messages: [user('u1', text('First'))] }, 7);
  const run_id = runOf(live.chunks);
  const url = '/api/chat/their-chat/stream';
  const rests = live.chunks
    .slice(0, 6)
    .flatMap((_, at) => [
      opened(url, 6 - at, { headers: { 'last-event-id': `${run_id}:${at}` } }),
      opened(`${url}?startIndex=${at + 1}`, 6 - at),
    ]);
  for (const [at, rest] of (await Promise.all(rests)).entries()) {
    expect(rest.chunks).toEqual(live.chunks.slice(Math.floor(at / 2) + 1));
    rest.cut();
  }
  await post('/api/chat/their-chat/stop', {});
  const end = await read(await fetch(served.url + url, { headers: { 'last-event-id': `${run_id}:6` } }));
  expect(end.chunks.map(({ type }) => type)).toEqual(['text-end', 'finish-step', 'abort', 'finish']);
  const byRun = await read(await fetch(`${served.url}/api/chat/${run_id}/stream?startIndex=7`));
  expect(byRun.chunks).toEqual(end.chunks);
  const nothing = await fetch(served.url + url, { headers: { 'last-event-id': end.ids.at(-1) ?? '' } });
  expect(nothing.status).toBe(204);
});

it('[CW-3] a cursor of another chat, of no run or of no shape is refused', async () => {
  served = await serve([saying('one')]);
  const { ids } = await chat({ messages: [user('u1', text('First'))] });
  const status = async (chatId: string, cursor: string) =>
    (await fetch(`${served.url}/api/chat/${chatId}/stream`, { headers: { 'last-event-id': cursor } })).status;
  expect(await status('another', ids[0] ?? '')).toBe(404);
  expect(await status('their-chat', 'run_none:1')).toBe(404);
  expect(await status('their-chat', 'junk')).toBe(400);
  const negative = await fetch(`${served.url}/api/chat/their-chat/stream?startIndex=-1`);
  expect(negative.status).toBe(400);
});

it('[CP-5] stop ends the answer for everyone, closes its parts and gives the message that is kept', async () => {
  served = await serve([HANGING]);
  const body = { messages: [user('u1', text('First'))] };
  const live = await begun(body);
  const watching = fetch(`${served.url}/api/chat/their-chat/stream`);
  const run_id = runOf(live.chunks);
  const stale = await post('/api/chat/their-chat/stop', {
    activeStreamId: 'run_before',
    assistantMessage: { parts: [] },
  });
  expect(await stale.json()).toMatchObject({ id: answerOf(live.chunks), metadata: { status: 'running' } });
  expect((await served.engine.get('local', run_id)).status).toBe('running');
  const answers: unknown[] = [];
  for (const stop of [{ activeStreamId: run_id }, {}, { activeStreamId: run_id }]) {
    answers.push(await (await post('/api/chat/their-chat/stop', stop)).json());
  }
  expect(answers[0]).toMatchObject({
    id: answerOf(live.chunks),
    role: 'assistant',
    parts: [{ type: 'step-start' }, { type: 'text', text: 'Half ', state: 'done' }],
    metadata: { run_id, status: 'stopped', finish_reason: 'stopped' },
  });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  const seen = await read(await watching);
  expect(seen.chunks.slice(-4)).toMatchObject([
    { type: 'text-end' },
    { type: 'finish-step' },
    { type: 'abort' },
    { type: 'finish', finishReason: 'other', messageMetadata: { status: 'stopped' } },
  ]);
});

it('[CP-5] stop without a body, of an unknown chat and of an empty one', async () => {
  served = await serve([saying('one')]);
  expect((await fetch(`${served.url}/api/chat/nothing/stop`, { method: 'POST' })).status).toBe(404);
  const { id } = (await (await post('/api/chat/sessions', {})).json()) as { id: string };
  expect((await fetch(`${served.url}/api/chat/${id}/stop`, { method: 'POST' })).status).toBe(204);
});

it('[CW-4] a failure closes what is open, says why in a sentence, and the message keeps what arrived', async () => {
  const error = { error_code: 'PROVIDER_ERROR', message: 'The model fell over.', details: {} } as const;
  served = await serve([[[{ type: 'text-delta', text: 'Half' }], [{ type: 'error', error, retry: 'never' }]]]);
  const { chunks } = await chat({ messages: [user('u1', text('First'))] });
  expect(chunks.slice(2)).toMatchObject([
    { type: 'text-start' },
    { type: 'text-delta', delta: 'Half' },
    { type: 'text-end' },
    { type: 'finish-step' },
    { type: 'message-metadata', messageMetadata: { status: 'failed', finish_reason: 'error' } },
    { type: 'error', errorText: 'The model fell over.' },
  ]);
  const next = [user('u1', text('First')), assistant(answerOf(chunks)), user('u2', text('Second'))];
  await chat({ messages: next });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: Half', 'user: Second']);
});

it('[CW-4] an answer that its provider never finished is an error, not a silent end', async () => {
  served = await serve([[[{ type: 'text-delta', text: 'Half' }]]]);
  const { chunks } = await chat({ messages: [user('u1', text('First'))] });
  expect(chunks.at(-1)).toMatchObject({ type: 'error', errorText: expect.stringContaining('incomplete') });
});

it('[LC-007] waiting and trying again are told in passing', async () => {
  const error = { error_code: 'PROVIDER_ERROR', message: 'Busy.', details: {} } as const;
  const failing: Script = [[{ type: 'progress', state: 'loading-model' }], [{ type: 'error', error, retry: 'safe' }]];
  served = await serve([failing, saying('one')]);
  const { chunks } = await chat({ messages: [user('u1', text('First'))] });
  expect(chunks.slice(2, 4)).toEqual([
    { type: 'data-progress', data: { state: 'loading-model' }, transient: true },
    { type: 'data-retry', data: { attempt: 2, delay_ms: expect.any(Number), message: 'Busy.' }, transient: true },
  ]);
  expect(words(chunks)).toBe('one');
});

it('[CP-8] images come along as data; addresses and other files are refused in words', async () => {
  served = await serve([saying('one')]);
  const image = { type: 'file', mediaType: 'image/png', url: PIXEL, filename: 'dot.png' };
  await chat({ messages: [user('u1', text('Look'), image, { type: 'data-note', data: 1 })] });
  const parts = served.provider.requests[0]?.messages[0];
  expect(parts).toMatchObject({
    text: 'Look',
    parts: [
      { type: 'image', url: PIXEL },
      { type: 'text', text: 'Look' },
    ],
  });
  await chat({ messages: [user('u1', text('Look'), image)] });
  expect(served.provider.requests).toHaveLength(1);
  await chat({ messages: [user('u2', image)] });
  expect((await tree()).items.at(-2)?.parts[0]).toMatchObject({ type: 'file', filename: 'dot.png' });
  const refused: [Part[], RegExp][] = [
    [[{ type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' }], /fetches nothing/],
    [[{ type: 'file', mediaType: 'application/pdf', url: 'data:application/pdf;base64,AAAA' }], /Only images/],
    [[{ type: 'file', mediaType: 'image/png' }], /Only images/],
    [[text('  ')], /text or an image/],
    [[], /text or an image/],
  ];
  for (const [sent, message] of refused) {
    const response = await post('/api/chat', { id: 'their-chat', messages: [user('u9', ...sent)] });
    const body = (await response.json()) as { error_code: string; message: string };
    expect([response.status, body.error_code]).toEqual([400, 'INVALID_REQUEST']);
    expect(body.message).toMatch(message);
  }
});

it('[CP-3] takes model, temperature and system prompt from the body, and checks them', async () => {
  served = await serve([saying('one')]);
  await chat({ message: user('u1', text('Hi')), model: 'scripted/big', temperature: 0.5, system: 'Be brief.' });
  expect(served.provider.requests[0]).toMatchObject({ model_id: 'big', temperature: 0.5 });
  expect(lastPrompt()).toEqual(['system: Be brief.', 'user: Hi']);
  await chat({
    message: user('u2', text('Hi')),
    provider_id: 'scripted',
    model_id: 'small',
    model: 'ignored',
    max_tokens: 9,
  });
  expect(served.provider.requests[1]).toMatchObject({ model_id: 'small', max_tokens: 9 });
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
    const response = await post('/api/chat', { id: 'their-chat', message: user('u3', text('Hi')), ...fault });
    expect([response.status, await response.json()]).toMatchObject([400, { error_code: 'INVALID_REQUEST' }]);
  }
  expect(served.provider.requests).toHaveLength(2);
});

it('[CP-6] parent_id says where a message goes, by either id', async () => {
  served = await serve([saying('one'), saying('two'), saying('three')]);
  const first = await chat({ message: user('u1', text('First')) });
  await chat({ message: user('u2', text('Second')) });
  await chat({ message: user('u3', text('Third')), parent_id: answerOf(first.chunks) });
  expect(lastPrompt()).toEqual(['user: First', 'assistant: one', 'user: Third']);
  const response = await post('/api/chat', { id: 'their-chat', message: user('u4', text('x')), parent_id: 'nowhere' });
  expect(response.status).toBe(404);
});

it('[CP-6] an id may have any letters', async () => {
  served = await serve([HANGING]);
  const id = 'Ünï/code? 💬 %2F#'.padEnd(128, '中');
  const live = await begun({ id, messages: [user('u1', text('First'))] });
  const again = await opened(`/api/chat/${encodeURIComponent(id)}/stream`, 4);
  expect(again.chunks).toEqual(live.chunks);
  const stopped = await post(`/api/chat/${encodeURIComponent(id)}/stop`, {});
  expect(await stopped.json()).toMatchObject({ id: answerOf(live.chunks) });
});

it('[CA-2] a deleted chat is gone, and its id begins no other', async () => {
  served = await serve([saying('one')]);
  const body = { messages: [user('u1', text('First'))] };
  const { ids } = await chat(body);
  const [session] = await sessions();
  await fetch(`${served.url}/api/chat/sessions/${session?.id}`, { method: 'DELETE' });
  for (const id of ['their-chat', session?.id]) {
    const response = await post('/api/chat', { id, ...body });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { message: expect.stringContaining('deleted') },
    ]);
    expect((await fetch(`${served.url}/api/chat/${id}/stream`)).status).toBe(204);
    expect((await post(`/api/chat/${id}/stop`, {})).status).toBe(404);
  }
  const cursor = { 'last-event-id': ids[0] ?? '' };
  expect((await fetch(`${served.url}/api/chat/their-chat/stream`, { headers: cursor })).status).toBe(404);
});
