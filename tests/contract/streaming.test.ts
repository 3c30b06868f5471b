/** `/chat/streaming`: numbered tokens, joining by stream_id, and going on after any cut. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenText } from '../upstream/index.ts';
import { type ContractServer, startContractServer } from './support/contract-server.ts';
import type { EventStream, StreamEvent } from './support/event-stream.ts';
import { errorShape, filled, number, usage, validationError } from './support/shapes.ts';

let on: ContractServer;
beforeAll(async () => {
  on = await startContractServer({
    settings: 'retry: { attempts: 1, delay_ms: 20 }\nlimits: { heartbeat_ms: 100 }',
  });
});
afterAll(() => on?.stop());

const path = (model_id: string, more: Record<string, string> = {}) =>
  `/chat/streaming?${new URLSearchParams({ message: 'Go.', provider_id: 'up', model_id, ...more })}`;
const numbered = (count: number) => Array.from({ length: count }, (_, at) => ({ index: at, token: tokenText(at) }));
const tokens = (events: StreamEvent[]) => events.flatMap(({ event, data }) => (event === 'token' ? [data] : []));
const whole = (count: number) =>
  numbered(count)
    .map(({ token }) => token)
    .join('');
const startedBy = (model_id: string) => on.upstream.requests.filter(({ model }) => model === model_id).length;

describe('GET /chat/streaming', () => {
  it('[CW-2] is start, dense tokens and done, each with its exact fields and an id', async () => {
    const stream = await on.follow(path('ok?tokens=12'));
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.response.headers.get('x-request-id')).toMatch(/./);
    const events = await stream.rest();
    expect(events.map(({ event }) => event)).toEqual(['start', ...numbered(12).map(() => 'token'), 'done']);
    const { run_id } = events[0]?.data ?? {};
    expect(events[0]?.data).toEqual({
      run_id: filled,
      conversation_id: filled,
      message_id: filled,
      provider_id: 'up',
      model_id: 'ok?tokens=12',
    });
    expect(tokens(events)).toEqual(numbered(12));
    const done = events.at(-1)?.data ?? {};
    expect(done).toEqual({ final_output: whole(12), total_tokens: number, finish_reason: 'stop', usage });
    expect(done.usage).toMatchObject({ total_tokens: done.total_tokens });
    for (const { id } of events) expect(id).toMatch(new RegExp(`^${run_id}:\\d+$`));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('[CW-2] numbers tokens from 0 also after reasoning and a retry', async () => {
    for (const model_id of ['thinking?a', 'flaky?tokens=5&a']) {
      const events = await (await on.follow(path(model_id))).rest();
      expect(tokens(events)).toEqual(numbered(5));
    }
  });

  it('[CW-2] ends a failed run with an error event, and answers 204 after it', async () => {
    const at = path('u9-eof-no-finish', { stream_id: 'fails' });
    const events = await (await on.follow(at)).rest();
    expect(tokens(events)).toEqual(numbered(3));
    expect(events.at(-1)).toEqual({ event: 'error', data: errorShape('STREAM_INTERRUPTED'), id: filled });
    const again = await on.follow(at, { 'last-event-id': String(events.at(-1)?.id) });
    expect(again.response.status).toBe(204);
  });

  it('[CW-2] sends start before the provider answers, keeps the line alive, and ends with what a stop left', async () => {
    const stream = await on.follow(path('u5-silence?tokens=2', { stream_id: 'quiet' }));
    const [start, ...seen] = await stream.take(3);
    expect(tokens(seen)).toEqual(numbered(2));
    const second = await on.follow(path('u5-silence?tokens=2', { stream_id: 'quiet' }));
    expect(await second.take(3)).toEqual([start, ...seen]);
    const rest = stream.rest();
    await new Promise((resolve) => setTimeout(resolve, 350));
    await on.post(`/runs/${start?.data.run_id}/stop`);
    const [done, ...nothing] = await rest;
    expect(stream.comments.length).toBeGreaterThan(1);
    expect(done).toMatchObject({ event: 'done', data: { final_output: whole(2), finish_reason: 'stopped' } });
    expect(nothing).toEqual([]);
    expect(await second.rest()).toEqual([done]);
  });

  it('[CW-2] a viewer that leaves does not stop the run', async () => {
    const stream = await on.follow(path('ok?tokens=30&delay=10', { stream_id: 'left alone' }));
    const [start] = await stream.take(2);
    await stream.cut();
    expect(await on.ended(String(start?.data.run_id))).toMatchObject({ status: 'completed' });
  });

  it('[CW-2] refuses other sites, and starts nothing for them', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const answer = await on.get(path('ok?foreign'), { 'sec-fetch-site': site });
      expect({ status: answer.status, body: answer.json }).toEqual({ status: 403, body: errorShape('FORBIDDEN') });
    }
    expect(startedBy('ok?foreign')).toBe(0);
    for (const site of ['same-origin', 'none']) {
      const events = await (await on.follow(path('ok'), { 'sec-fetch-site': site })).rest();
      expect(events.at(-1)?.event).toBe('done');
    }
  });

  it('[CW-6] is validated', async () => {
    for (const [query, fault] of [
      ['', 'message'],
      ['message=', 'message'],
      ['message=x&from=-1', 'from'],
      ['message=x&from=1.5', 'from'],
      ['message=x&from=first', 'from'],
    ] as const) {
      const answer = await on.get(`/chat/streaming?${query}`);
      expect({ query, status: answer.status, body: answer.json }).toEqual({
        query,
        status: 400,
        body: validationError(fault),
      });
    }
    const none = await on.get(path('ok', { provider_id: 'none' }));
    expect({ status: none.status, body: none.json }).toEqual({ status: 404, body: errorShape('PROVIDER_NOT_FOUND') });
    const lost = await on.get(path('ok'), { 'last-event-id': 'run_none:3' });
    expect({ status: lost.status, body: lost.json }).toEqual({ status: 404, body: errorShape('NOT_FOUND') });
  });
});

/** The two ways to ask for the same. */
const ways: [
  string,
  (model_id: string, more: Record<string, string>, headers?: Record<string, string>) => Promise<EventStream>,
][] = [
  ['GET', (model_id, more, headers) => on.follow(path(model_id, more), headers)],
  [
    'POST',
    (model_id, more, headers) =>
      on.stream('/chat/streaming', { message: 'Go.', provider_id: 'up', model_id, ...more }, headers),
  ],
];

describe.each(ways)('%s /chat/streaming', (method, open) => {
  it('[CW-3] has exactly the rest after every event of an ended run, and 204 after the last', async () => {
    const more = { stream_id: `ended ${method}` };
    const all = await (await open('ok?tokens=15&b', more)).rest();
    for (const [at, { id }] of all.slice(0, -1).entries()) {
      expect(await (await open('ok?tokens=15&b', more, { 'last-event-id': String(id) })).rest()).toEqual(
        all.slice(at + 1),
      );
    }
    for (let n = 1; n <= 15; n += 1) {
      const rest = await (await open('ok?tokens=15&b', { ...more, from: String(n) })).rest();
      expect(rest).toEqual(all.slice(n + 1));
    }
    expect(await (await open('ok?tokens=15&b', { ...more, from: '0' })).rest()).toEqual(all);
    expect(await (await open('ok?tokens=15&b', { ...more, from: '99' })).rest()).toEqual(all.slice(-1));
    const after = await open('ok?tokens=15&b', more, { 'last-event-id': String(all.at(-1)?.id) });
    expect({ status: after.response.status, events: await after.rest() }).toEqual({ status: 204, events: [] });
    expect(startedBy('ok?tokens=15&b')).toBe(method === 'GET' ? 1 : 2);
  });

  it('[CW-3] goes on in mid-run after many cuts, without a gap or a repeat', async () => {
    for (const by of ['last-event-id', 'from']) {
      const model_id = `ok?tokens=80&delay=8&${method}${by}`;
      const more = { stream_id: `cut ${method} ${by}` };
      const seen: StreamEvent[] = [];
      for (let size = 1; seen.at(-1)?.event !== 'done'; size = (size * 3) % 11) {
        const count = tokens(seen).length;
        const stream =
          by === 'from'
            ? await open(model_id, count > 0 ? { ...more, from: String(count) } : more)
            : await open(model_id, more, seen.length > 0 ? { 'last-event-id': String(seen.at(-1)?.id) } : {});
        const got = await stream.take(size);
        await stream.cut();
        // Until there is a token, `from` can only ask for everything again.
        seen.splice(by === 'from' && count === 0 ? 0 : seen.length, seen.length, ...got);
        if (seen.length > 60)
          seen.push(...(await (await open(model_id, more, { 'last-event-id': String(seen.at(-1)?.id) })).rest()));
      }
      expect(tokens(seen)).toEqual(numbered(80));
      expect(seen.at(-1)?.data).toMatchObject({ final_output: whole(80), finish_reason: 'stop' });
      expect(startedBy(model_id)).toBe(1);
    }
  });

  it('[CW-3] needs no stream_id to go on after Last-Event-ID, and starts nothing', async () => {
    const model_id = `ok?tokens=20&delay=8&${method}plain`;
    const stream = await open(model_id, {});
    const seen = await stream.take(5);
    await stream.cut();
    seen.push(...(await (await open(model_id, {}, { 'last-event-id': String(seen.at(-1)?.id) })).rest()));
    expect(tokens(seen)).toEqual(numbered(20));
    expect(startedBy(model_id)).toBe(1);
  });

  it('[CW-3] joins the run of the same stream_id, at once and later', async () => {
    const model_id = `ok?tokens=25&delay=8&${method}join`;
    const more = { stream_id: `join ${method}` };
    const streams = await Promise.all([1, 2, 3, 4].map(() => open(model_id, more)));
    const all = await Promise.all(streams.map((stream) => stream.rest()));
    expect(tokens(all[0] ?? [])).toEqual(numbered(25));
    for (const one of all) expect(one).toEqual(all[0]);
    expect(await (await open(model_id, more)).rest()).toEqual(all[0]);
    expect(startedBy(model_id)).toBe(1);
  });
});

it('[CW-3] a stream_id means the same run by GET and by POST, and in a conversation that exists', async () => {
  const { id } = (await on.post('/api/chat/sessions', { title: 'Mine' })).json;
  const more = { stream_id: 'either', conversation_id: String(id) };
  const left = await (await on.follow(path('ok?either', more))).rest();
  const body = { message: 'Go.', provider_id: 'up', model_id: 'ok?either', ...more };
  expect(await (await on.stream('/chat/streaming', body)).rest()).toEqual(left);
  expect(left[0]?.data.conversation_id).toBe(id);
  expect(startedBy('ok?either')).toBe(1);
});
