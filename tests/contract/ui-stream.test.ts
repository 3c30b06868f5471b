/** `/api/chat`: the AI SDK's UI message stream over durable runs, as bytes. tests/clients drives `useChat` itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenText } from '../upstream/index.ts';
import { type ContractServer, startContractServer, until } from './support/contract-server.ts';
import type { EventStream, Json, StreamEvent } from './support/event-stream.ts';
import { errorShape, filled, instant, usage, validationError } from './support/shapes.ts';

let on: ContractServer;
beforeAll(async () => {
  on = await startContractServer({
    settings: 'retry: { attempts: 1, delay_ms: 20 }\nlimits: { heartbeat_ms: 100 }',
  });
});
afterAll(() => on?.stop());

const SLOW = 'ok?tokens=40&delay=15';
let serial = 0;
const newChat = () => `chat-${++serial}`;

const say = (id: string, model_id: string, more: Json = {}): Promise<EventStream> => {
  const message = { id: 'u1', role: 'user', parts: [{ type: 'text', text: 'Go.' }] };
  return on.stream('/api/chat', { id, message, trigger: 'submit-message', provider_id: 'up', model_id, ...more });
};
const chunks = (events: StreamEvent[]) => events.map(({ data }) => data);
const textOf = (events: StreamEvent[]) =>
  chunks(events)
    .map(({ type, delta }) => (type === 'text-delta' ? delta : ''))
    .join('');
const whole = (count: number) => Array.from({ length: count }, (_, at) => tokenText(at)).join('');
const metadataOf = (events: StreamEvent[]) => events[0]?.data.messageMetadata as Record<string, string>;
const sessionCount = async () => ((await on.get('/api/chat/sessions?limit=200')).json.items as unknown[]).length;

describe('POST /api/chat', () => {
  it('[CP-3] streams chunks, each with an id, and [DONE] at the end', async () => {
    const stream = await say(newChat(), 'thinking');
    const { headers, status } = stream.response;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(headers.get('cache-control')).toMatch(/no-cache/);
    expect(headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('x-request-id')).toMatch(/./);
    const events = await stream.rest();
    const all = chunks(events);
    expect(all[0]).toEqual({
      type: 'start',
      messageId: filled,
      messageMetadata: {
        run_id: filled,
        conversation_id: filled,
        provider_id: 'up',
        model_id: 'thinking',
        created_at: instant,
      },
    });
    expect(all[1]).toEqual({ type: 'start-step' });
    expect(all.slice(-4)).toEqual([
      { type: 'text-end', id: filled },
      { type: 'finish-step' },
      {
        type: 'finish',
        finishReason: 'stop',
        messageMetadata: { status: 'completed', finish_reason: 'stop', usage },
      },
      { type: '[DONE]' },
    ]);
    expect(textOf(events)).toBe(whole(5));
    const { run_id, conversation_id } = metadataOf(events);
    expect(events.slice(0, -1).map(({ id }) => id)).toEqual(all.slice(0, -1).map((_, at) => `${run_id}:${at}`));
    expect(await on.storedText(conversation_id, all[0]?.messageId)).toBe(whole(5));
  });

  it('[CP-3] begins at once, and has heartbeats, while the model says nothing', async () => {
    const id = newChat();
    const stream = await say(id, 'u4-no-headers?a');
    expect(chunks(await stream.take(2)).map(({ type }) => type)).toEqual(['start', 'start-step']);
    const next = stream.next();
    await until(
      async () => stream.comments.length,
      (count) => count > 1,
    );
    await on.post(`/api/chat/${id}/stop`);
    expect((await next)?.data).toEqual({ type: 'finish-step' });
    expect(chunks(await stream.rest()).map(({ type }) => type)).toEqual(['abort', 'finish', '[DONE]']);
  });

  it('[C1] goes on when the page is closed, and is whole when it comes back', async () => {
    const id = newChat();
    const stream = await say(id, SLOW);
    const { run_id, conversation_id } = metadataOf(await stream.take(5));
    await stream.cut();
    expect(await on.ended(run_id ?? '')).toMatchObject({ status: 'completed' });
    const again = await (await say(id, SLOW)).rest();
    expect(textOf(again)).toBe(whole(40));
    const { items } = (await on.get(`/api/chat/sessions/${conversation_id}/messages`)).json;
    expect((items as unknown[]).length).toBe(2);
  });

  it('[C7] the same message sent ten times at once makes one answer in one conversation', async () => {
    const before = await sessionCount();
    const id = newChat();
    const model = `${SLOW}&at-once`;
    const streams = await Promise.all(Array.from({ length: 10 }, () => say(id, model)));
    const answers = await Promise.all(streams.map(async (stream) => chunks(await stream.rest())));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(on.upstream.requests.filter(({ model: asked }) => asked === model)).toHaveLength(1);
    expect(await sessionCount()).toBe(before + 1);
  });

  it('[CP-6] the chat is a session as any other, and the other routes go on with it', async () => {
    const id = newChat();
    const { conversation_id } = metadataOf(await (await say(id, 'ok?tokens=2')).rest());
    const { json } = await on.post('/chat/wait', {
      prompt: 'And?',
      conversation_id,
      provider_id: 'up',
      model_id: 'ok',
    });
    expect(json.conversation_id).toBe(conversation_id);
    const message = { id: 'u2', role: 'user', parts: [{ type: 'text', text: 'And then?' }] };
    const events = await (await say(id, 'echo', { message })).rest();
    const { messages } = JSON.parse(textOf(events)) as { messages: { content: string }[] };
    expect(messages.map(({ content }) => content)).toEqual([
      'From the settings.',
      'Go.',
      whole(2),
      'And?',
      whole(20),
      'And then?',
    ]);
  });

  it('[CW-6] refuses in the common error shape, before anything is stored', async () => {
    const before = await sessionCount();
    const message = { id: 'u1', role: 'user', parts: [{ type: 'text', text: 'Go.' }] };
    const refused: [Json, string][] = [
      [{}, 'id'],
      [{ id: 'x'.repeat(129), message }, 'id'],
      [{ id: 'x' }, 'message'],
      [{ id: 'x', messages: [] }, 'message'],
      [{ id: 'x', message, trigger: 'other' }, 'trigger'],
      [{ id: 'x', message, temperature: 'hot' }, 'temperature'],
      [{ id: 'x', message: { ...message, parts: [] } }, 'message'],
    ];
    for (const [body, path] of refused) {
      const { status, json } = await on.post('/api/chat', body);
      expect([status, json]).toEqual([400, validationError(path)]);
    }
    const unknown = await on.post('/api/chat', { id: 'x', message, provider_id: 'nobody' });
    expect([unknown.status, unknown.json]).toEqual([404, errorShape('PROVIDER_NOT_FOUND')]);
    expect(await sessionCount()).toBe(before);
  });
});

describe('GET /api/chat/{id}/stream', () => {
  it('[CW-3] goes on exactly after every chunk, by Last-Event-ID and by startIndex, live and afterwards', async () => {
    const id = newChat();
    const first = await say(id, SLOW);
    const begin = await first.take(6);
    const { run_id } = metadataOf(begin);
    const resumed = await Promise.all(
      begin.flatMap((_, at) => [
        on.follow(`/api/chat/${id}/stream`, { 'last-event-id': `${run_id}:${at}` }),
        on.follow(`/api/chat/${id}/stream?startIndex=${at + 1}`),
      ]),
    );
    const all = chunks([...begin, ...(await first.rest())]);
    for (const [at, stream] of resumed.entries()) {
      expect(chunks(await stream.rest())).toEqual(all.slice(Math.floor(at / 2) + 1));
    }
    const late = await on.follow(`/api/chat/${id}/stream`, { 'last-event-id': `${run_id}:20` });
    expect(chunks(await late.rest())).toEqual(all.slice(21));
    const nothing = await on.get(`/api/chat/${id}/stream`, { 'last-event-id': `${run_id}:${all.length - 2}` });
    expect([nothing.status, nothing.text]).toEqual([204, '']);
  });

  it('[CW-3] is 204 when nothing is being written, whatever the id', async () => {
    const id = newChat();
    expect((await on.get(`/api/chat/${id}/stream`)).status).toBe(204);
    await (await say(id, 'ok')).rest();
    expect((await on.get(`/api/chat/${id}/stream`)).status).toBe(204);
    expect((await on.get('/api/chat/%E4%B8%AD%2F..%2Fx/stream')).status).toBe(204);
  });
});

describe('POST /api/chat/{id}/stop', () => {
  it('[CP-5] stops once and answers the kept message each time', async () => {
    const id = newChat();
    const stream = await say(id, 'u26-endless?delay=10&a');
    const begin = await stream.take(5);
    const stopped = await on.post(`/api/chat/${id}/stop`, { activeStreamId: metadataOf(begin).run_id });
    const text = textOf([...begin, ...(await stream.rest())]);
    expect([stopped.status, stopped.json]).toEqual([
      200,
      {
        id: begin[0]?.data.messageId,
        role: 'assistant',
        metadata: expect.objectContaining({ ...metadataOf(begin), status: 'stopped', finish_reason: 'stopped' }),
        parts: [{ type: 'step-start' }, { type: 'text', text, state: 'done' }],
      },
    ]);
    expect((await on.post(`/api/chat/${id}/stop`)).json).toEqual(stopped.json);
    expect((await on.get(`/api/chat/${id}/stream`)).status).toBe(204);
  });

  it('[CW-6] of an unknown chat is 404', async () => {
    const { status, json } = await on.post('/api/chat/nowhere/stop');
    expect([status, json]).toEqual([404, errorShape('NOT_FOUND')]);
  });
});

it('[P1] after a killed server the chat has its id, and the interrupted answer what anyone saw of it', async () => {
  const id = newChat();
  const stream = await say(id, 'u26-endless?delay=10&b');
  const seen = await stream.take(8);
  await on.server.kill('SIGKILL');
  await stream.rest().catch(() => []);
  await on.server.restart();
  const again = await (await say(id, 'u26-endless?delay=10&b')).rest();
  expect(chunks(again).slice(0, seen.length)).toEqual(chunks(seen));
  expect(chunks(again).at(-2)).toEqual({ type: 'error', errorText: expect.stringContaining('stopped unexpectedly') });
  const { json } = await on.post(`/api/chat/${id}/stop`);
  expect(json).toMatchObject({ id: seen[0]?.data.messageId, metadata: { status: 'interrupted' } });
});
