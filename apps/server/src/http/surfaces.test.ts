import type { ChatEvent, MessageTree, Run } from '@lightchat/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import type { ModelEvent } from '../engine/ports.ts';
import { type Script, saying } from '../engine/testing/scripted-provider.ts';
import { parseSse, type Served, serve } from './testing/serve.ts';

let served: Served;
afterEach(() => served.close());

const json = { 'content-type': 'application/json' };
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(served.url + path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
const get = (path: string, headers: Record<string, string> = {}) => fetch(served.url + path, { headers });
const startRun = async () => ((await (await post('/runs', { prompt: 'x' })).json()) as Run).id;
const failing: Script = [
  [{ type: 'text-delta', text: 'partial' }],
  [
    {
      type: 'error',
      error: { error_code: 'PROVIDER_ERROR', message: 'It broke.', details: { status: 500 } },
      retry: 'never',
    },
  ],
];
const reasoning: Script = [
  [
    { type: 'reasoning-delta', text: 'hm' },
    { type: 'text-delta', text: 'yes' },
  ],
  [
    { type: 'usage', usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
    { type: 'finish', reason: 'length' },
  ],
];

describe('POST /chat', () => {
  it('[LC-006] streams start, tokens and done, each with its cursor', async () => {
    served = await serve([reasoning]);
    const answer = await post('/chat', { prompt: 'x', provider_id: 'scripted', model_id: 'm' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    expect(answer.headers.get('cache-control')).toContain('no-transform');
    const events = parseSse(await answer.text());
    expect(events.map(({ event }) => event)).toEqual(['start', 'reasoning', undefined, 'done']);
    const start = JSON.parse(events[0]?.data ?? '');
    expect(Object.keys(start)).toEqual(['run_id', 'conversation_id', 'message_id', 'provider_id', 'model_id']);
    expect(JSON.parse(events[1]?.data ?? '')).toEqual({ text: 'hm' });
    expect(JSON.parse(events[2]?.data ?? '')).toEqual({ token: 'yes' });
    expect(JSON.parse(events[3]?.data ?? '')).toEqual({
      finish_reason: 'length',
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      run_id: start.run_id,
      message_id: start.message_id,
    });
    expect(events.map(({ id }) => id?.split(':')[0])).toEqual(Array(4).fill(start.run_id));
  });

  it('[CW-2] sends start before the model says anything, so that any run can be stopped', async () => {
    served = await serve([['hang']]);
    const answer = await post('/chat', { prompt: 'x' });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    const { run_id } = JSON.parse(parseSse(first?.value ?? '')[0]?.data ?? '');
    const stopped = await post(`/runs/${run_id}/stop`, {});
    expect(await stopped.json()).toMatchObject({ id: run_id, status: 'stopped' });
    let rest = '';
    for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) rest += step.value;
    expect(JSON.parse(parseSse(rest)[0]?.data ?? '')).toMatchObject({ finish_reason: 'stopped', run_id });
  });

  it('[CW-2] ends a failed run with the error object instead of done, and 204 to whoever comes back', async () => {
    served = await serve([failing]);
    const events = parseSse(await (await post('/chat', { prompt: 'x' })).text());
    expect(events.map(({ event }) => event)).toEqual(['start', undefined, 'error']);
    expect(JSON.parse(events[2]?.data ?? '')).toEqual({
      error_code: 'PROVIDER_ERROR',
      message: 'It broke.',
      details: { status: 500 },
    });
    const again = await post('/chat', { prompt: 'x' }, { 'last-event-id': events[2]?.id ?? '' });
    expect(again.status).toBe(204);
  });

  it('[CW-3] goes on after a Last-Event-ID with exactly the rest', async () => {
    served = await serve([saying('a', 'b', 'c', 'd')]);
    const events = parseSse(await (await post('/chat', { prompt: 'x' })).text());
    for (const [at, { id = '' }] of events.entries()) {
      const rest = await post('/chat', { prompt: 'x' }, { 'last-event-id': id });
      expect(rest.status === 204 ? [] : parseSse(await rest.text())).toEqual(events.slice(at + 1));
    }
    expect(served.provider.requests).toHaveLength(1);
  });

  it('[C7] a repeated key joins the same run; another body under it is refused', async () => {
    served = await serve([saying('once')]);
    const first = parseSse(await (await post('/chat', { prompt: 'x', idempotency_key: 'k' })).text());
    const again = parseSse(await (await post('/chat', { prompt: 'x' }, { 'idempotency-key': 'k' })).text());
    expect(again).toEqual(first);
    const other = await post('/chat', { prompt: 'y', idempotency_key: 'k' });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ error_code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

describe('POST /chat/wait', () => {
  it('[CW-1] answers the whole output as JSON', async () => {
    served = await serve([saying('Hel', 'lo')]);
    const answer = await post('/chat/wait', { prompt: 'x' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      run_id: expect.stringMatching(/^run_/),
      conversation_id: expect.stringMatching(/^conv_/),
      message_id: expect.stringMatching(/^msg_/),
      provider_id: 'scripted',
      model_id: 'model',
      final_output: 'Hello',
      finish_reason: 'stop',
      usage: expect.objectContaining({ total_tokens: expect.any(Number) }),
      duration_ms: expect.any(Number),
    });
  });

  it('[CW-6] answers a failure with its status, its code, and what had arrived', async () => {
    served = await serve([failing]);
    const answer = await post('/chat/wait', { prompt: 'x' });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      error_code: 'PROVIDER_ERROR',
      message: 'It broke.',
      details: { status: 500, partial_output: 'partial', run_id: expect.stringMatching(/^run_/) },
    });
  });
});

describe('/chat/streaming', () => {
  const words = saying('one ', 'two ', 'three ', 'four');

  it('[CW-2] numbers tokens densely from 0 and ends with the final output', async () => {
    served = await serve([words]);
    const events = parseSse(await (await get('/chat/streaming?message=hi')).text());
    expect(events.map(({ event }) => event)).toEqual(['start', 'token', 'token', 'token', 'token', 'done']);
    expect(events.slice(1, 5).map(({ data }) => JSON.parse(data))).toEqual(
      ['one ', 'two ', 'three ', 'four'].map((token, index) => ({ index, token })),
    );
    expect(JSON.parse(events[5]?.data ?? '')).toMatchObject({
      final_output: 'one two three four',
      finish_reason: 'stop',
      total_tokens: expect.any(Number),
      usage: expect.any(Object),
    });
  });

  it('[CW-3] resumes from every event and every token index, exactly', async () => {
    served = await serve([words]);
    const path = '/chat/streaming?message=hi&stream_id=s1';
    const events = parseSse(await (await get(path)).text());
    for (const [at, { id = '' }] of events.entries()) {
      const rest = await get(path, { 'last-event-id': id });
      expect(rest.status === 204 ? [] : parseSse(await rest.text())).toEqual(events.slice(at + 1));
      if (at === events.length - 1) expect(rest.status).toBe(204);
    }
    for (const from of [0, 1, 3, 4]) {
      const rest = parseSse(await (await get(`${path}&from=${from}`)).text());
      expect(rest).toEqual(from === 0 ? events : events.slice(from + 1));
    }
    expect(served.provider.requests).toHaveLength(1);
  });

  it('[CW-3] the same stream id joins the same run, also by POST and while it is running', async () => {
    served = await serve([[[{ type: 'text-delta', text: 'x' }], 'hang']]);
    const first = await get('/chat/streaming?message=hi&stream_id=s2');
    const second = await post('/chat/streaming', { message: 'other', stream_id: 's2' });
    const runs = await Promise.all(
      [first, second].map(async (answer) => {
        const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
        const { value } = (await reader?.read()) ?? {};
        return JSON.parse(parseSse(value ?? '')[0]?.data ?? '').run_id as string;
      }),
    );
    expect(runs[0]).toBe(runs[1]);
    expect(served.provider.requests).toHaveLength(1);
  });

  it('[CW-6] says what is missing', async () => {
    served = await serve([words]);
    for (const path of [
      '/chat/streaming',
      '/chat/streaming?from=3&message=x',
      '/chat/streaming?message=',
      '/chat/streaming?message=x&from=-1',
    ]) {
      const answer = await get(path);
      expect(answer.status).toBe(400);
      const body = await answer.json();
      expect(body).toMatchObject({
        error_code: 'INVALID_REQUEST',
        details: { issues: [{ path: expect.any(String) }] },
      });
    }
  });
});

describe('/runs', () => {
  it('[CW-3] shows canonical events from any index, and 204 when nothing is left', async () => {
    served = await serve([reasoning]);
    const started = await post('/runs', { prompt: 'x' });
    expect(started.status).toBe(202);
    const { id } = (await started.json()) as Run;
    const events = parseSse(await (await get(`/runs/${id}/events`)).text());
    const data = events.map((event) => JSON.parse(event.data) as ChatEvent);
    expect(events.map(({ event }) => event)).toEqual([
      'run-started',
      'reasoning-delta',
      'text-delta',
      'usage',
      'run-finished',
    ]);
    expect(events.map(({ id }) => id)).toEqual(data.map(({ index }) => `${id}:${index}`));
    expect(events.map(({ event }) => event)).toEqual(data.map(({ type }) => type));
    for (let from = 0; from <= 6; from += 1) {
      const rest = await get(`/runs/${id}/events?from=${from}`);
      if (from >= 5) expect(rest.status).toBe(204);
      else expect(parseSse(await rest.text())).toEqual(events.slice(from));
    }
    const after = await get(`/runs/${id}/events`, { 'last-event-id': `${id}:2` });
    expect(parseSse(await after.text())).toEqual(events.slice(3));
    expect(await (await get(`/runs/${id}`)).json()).toMatchObject({
      id,
      status: 'completed',
      attempts: 1,
      next_index: 5,
      finish_reason: 'length',
      usage: { total_tokens: 5 },
      error: null,
    });
  });

  it('[C3] refuses cursors that are junk, foreign, unknown or ahead', async () => {
    served = await serve([['hang']]);
    const id = await startRun();
    const junk = ['junk', ':', `${id}:-1`, `${id}:1e9`, `${id}:`, 'x'.repeat(10_000), `${id}:01`, '0'];
    for (const cursor of junk) {
      const answer = await get(`/runs/${id}/events`, { 'last-event-id': cursor });
      expect([cursor, answer.status]).toEqual([cursor, 400]);
    }
    expect((await get(`/runs/${id}/events?from=2`)).status).toBe(409);
    expect((await get(`/runs/${id}/events?from=abc`)).status).toBe(400);
    expect((await get('/runs/run_unknown/events')).status).toBe(404);
    expect((await get('/runs/run_unknown')).status).toBe(404);
    expect((await post('/runs/run_unknown/stop', {})).status).toBe(404);
    expect((await post('/chat', { prompt: 'x' }, { 'last-event-id': 'run_unknown:3' })).status).toBe(404);
  });

  it('[C5] two viewers and a late third see the same bytes', async () => {
    const slow: Script = Array.from({ length: 40 }, (_, at): ModelEvent[] => [{ type: 'text-delta', text: `w${at} ` }]);
    served = await serve([[...slow, [{ type: 'finish', reason: 'stop' }]]]);
    const id = await startRun();
    const first = get(`/runs/${id}/events`).then((answer) => answer.text());
    const second = get(`/runs/${id}/events`).then((answer) => answer.text());
    await Promise.all([first, second]);
    const third = await (await get(`/runs/${id}/events`)).text();
    expect(new Set([await first, await second, third]).size).toBe(1);
  });
});

describe('sessions', () => {
  it('[CA-3] lists, reads, renames, hides and restores conversations', async () => {
    served = await serve([saying('hello')]);
    const { conversation_id } = (await (await post('/chat/wait', { prompt: 'First question' })).json()) as Run;
    const page = await (await get('/api/chat/sessions')).json();
    expect(page).toEqual({
      items: [expect.objectContaining({ id: conversation_id, title: 'First question' })],
      next_cursor: null,
    });
    const tree = (await (await get(`/api/chat/sessions/${conversation_id}/messages`)).json()) as MessageTree;
    expect(tree.items.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(tree.active_leaf_id).toBe(tree.items[1]?.id);
    const path = `/api/chat/sessions/${conversation_id}`;
    const renamed = await fetch(served.url + path, { method: 'PATCH', headers: json, body: '{"title":"Renamed"}' });
    expect(await renamed.json()).toMatchObject({ title: 'Renamed' });
    expect((await fetch(served.url + path, { method: 'DELETE' })).status).toBe(204);
    expect((await get(path)).status).toBe(404);
    expect(await (await post(`${path}/restore`, {})).json()).toMatchObject({ id: conversation_id, title: 'Renamed' });
    expect((await post('/api/chat/sessions', { title: 'Empty' })).status).toBe(201);
  });
});

describe('bad input', () => {
  it('[CW-6] every body route answers wrong types, missing fields and broken JSON with 400 and the path', async () => {
    served = await serve([saying('x')]);
    const bad: [string, unknown, string][] = [
      ['/chat', {}, 'prompt'],
      ['/chat', { prompt: '' }, 'prompt'],
      ['/chat', { prompt: 5 }, 'prompt'],
      ['/chat', { prompt: 'x', temperature: 'hot' }, 'temperature'],
      ['/chat', { prompt: 'x', max_tokens: -1 }, 'max_tokens'],
      ['/chat', { prompt: 'x', tools: 'all' }, 'tools'],
      ['/chat', [], ''],
      ['/chat', null, ''],
      ['/chat/wait', { prompt: ['x'] }, 'prompt'],
      ['/chat/streaming', { message: {} }, 'message'],
      ['/runs', { prompt: 'x', top_p: 2 }, 'top_p'],
      ['/api/chat/sessions', { title: 5 }, 'title'],
    ];
    for (const [path, body, at] of bad) {
      const answer = await post(path, body);
      expect([path, body, answer.status]).toEqual([path, body, 400]);
      expect(await answer.json()).toMatchObject({ error_code: 'INVALID_REQUEST', details: { issues: [{ path: at }] } });
    }
  });

  it('[L16] bombs are refused and the server goes on', async () => {
    served = await serve([saying('alive')]);
    const raw = (body: string | Buffer) =>
      fetch(`${served.url}/chat`, { method: 'POST', headers: json, body }).then((answer) => answer.status);
    expect(await raw('['.repeat(100_000) + ']'.repeat(100_000))).toBe(400);
    expect(await raw(`{"prompt":"x","tools":[${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]}`)).toBeLessThan(500);
    expect(await raw('{"prompt":"x","__proto__":{"polluted":true}}')).toBe(400);
    expect(await raw('{"prompt":"x","constructor":{"prototype":{"polluted":true}}}')).toBe(400);
    expect(await raw('{"prompt":')).toBe(400);
    expect(await raw('')).toBe(400);
    expect(await raw(Buffer.alloc(11 * 1024 * 1024, 'x'))).toBe(413);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect((await post('/chat/wait', { prompt: 'still there?' })).status).toBe(200);
  });

  it('[CW-6] unknown conversations, parents and paths are 404 with a code', async () => {
    served = await serve([saying('x')]);
    for (const body of [
      { prompt: 'x', conversation_id: 'conv_unknown' },
      { prompt: 'x', conversation_id: '../../etc/passwd' },
    ]) {
      const answer = await post('/chat', body);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error_code: 'NOT_FOUND' });
    }
    for (const path of ['/nothing', '/api/chat/sessions/unknown', '/api/chat/sessions/unknown/messages', '/c']) {
      expect(await (await get(path)).json()).toMatchObject({ error_code: 'NOT_FOUND' });
    }
    expect((await get('/api/chat/sessions?cursor=junk')).status).toBe(400);
    expect((await get('/api/chat/sessions?limit=0')).status).toBe(400);
    expect((await get('/logs?limit=-1')).status).toBe(400);
    expect((await get('/%E0%A4%A')).status).toBe(400);
  });
});
