/** `/runs/{id}`: look, follow, stop; and what becomes of a run when the server is killed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenText } from '../upstream/index.ts';
import { type ContractServer, startContractServer, until } from './support/contract-server.ts';
import type { Json, StreamEvent } from './support/event-stream.ts';
import { errorShape, filled, instant, number, usage, validationError } from './support/shapes.ts';

let on: ContractServer;
beforeAll(async () => {
  on = await startContractServer({
    settings: 'retry: { attempts: 1, delay_ms: 20 }\nlimits: { heartbeat_ms: 100 }',
  });
});
afterAll(() => on?.stop());

const texts = (events: StreamEvent[]) =>
  events.flatMap(({ event, data }) => (event === 'text-delta' ? [data.text] : []));
const numbered = (count: number) => Array.from({ length: count }, (_, at) => tokenText(at));
const events = (id: unknown, from?: number) =>
  on.follow(`/runs/${id}/events${from === undefined ? '' : `?from=${from}`}`);

describe('GET /runs/{id}', () => {
  it('[LC-006] has the exact fields of a run, from its start to its end', async () => {
    const started = await on.start('ok?tokens=20&delay=10');
    const shape = {
      id: filled,
      status: 'running',
      conversation_id: filled,
      message_id: filled,
      provider_id: 'up',
      model_id: 'ok?tokens=20&delay=10',
      attempts: 1,
      next_index: number,
      finish_reason: null,
      usage: null,
      error: null,
      duration_ms: null,
      first_output_ms: null,
      created_at: instant,
      finished_at: null,
    };
    expect(started).toEqual(shape);
    expect((await on.get(`/runs/${started.id}`)).json).toEqual({ ...shape, id: started.id });
    const times = { duration_ms: number, first_output_ms: number, finished_at: instant };
    const ended = { ...shape, id: started.id, status: 'completed', finish_reason: 'stop', usage, ...times };
    expect(await on.ended(started.id)).toEqual(ended);
  });

  it('[LC-007] says how a run failed, and after how many tries', async () => {
    const { id } = await on.start('u19-server-error');
    const run = await on.ended(id);
    expect(run).toMatchObject({ status: 'failed', attempts: 2, error: errorShape('PROVIDER_ERROR') });
    const { id: cut } = await on.start('u7-reset');
    const expected = { status: 'interrupted', attempts: 1, error: errorShape('STREAM_INTERRUPTED') };
    expect(await on.ended(cut)).toMatchObject(expected);
  });

  it('[CW-6] answers 404 for a run that is not there, on every route', async () => {
    for (const [method, path] of [
      ['GET', '/runs/run_none'],
      ['GET', '/runs/run_none/events'],
      ['POST', '/runs/run_none/stop'],
    ] as const) {
      const answer = await on.call(method, path);
      expect({ status: answer.status, body: answer.json }).toEqual({ status: 404, body: errorShape('NOT_FOUND') });
    }
  });
});

describe('GET /runs/{id}/events', () => {
  it('[CW-3] has dense canonical events, and exactly the rest from every index', async () => {
    const { id } = await on.start('ok?tokens=10');
    const stream = await events(id);
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const all = await stream.rest();
    for (const [index, event] of all.entries()) {
      expect(event).toEqual({
        id: `${id}:${index}`,
        event: event.event,
        data: expect.objectContaining({ index, type: event.event }),
      });
    }
    expect(texts(all)).toEqual(numbered(10));
    expect([all[0]?.event, all.at(-1)?.event]).toEqual(['run-started', 'run-finished']);
    expect((await on.get(`/runs/${id}`)).json.next_index).toBe(all.length);
    for (let from = 0; from < all.length; from += 1) {
      expect(await (await events(id, from)).rest()).toEqual(all.slice(from));
      const after = await on.follow(`/runs/${id}/events`, { 'last-event-id': `${id}:${from}` });
      expect(await after.rest()).toEqual(all.slice(from + 1));
    }
    expect((await events(id, all.length)).response.status).toBe(204);
  });

  it('[CW-3] is live, and goes on in mid-run after many cuts', async () => {
    const { id } = await on.start('ok?tokens=80&delay=8');
    const seen: StreamEvent[] = [];
    for (let size = 1; seen.length < 50; size = (size * 3) % 11) {
      const stream = await events(id, seen.length);
      seen.push(...(await stream.take(size)));
      await stream.cut();
    }
    seen.push(...(await (await events(id, seen.length)).rest()));
    expect(seen.map(({ data }) => data.index)).toEqual(seen.map((_, at) => at));
    expect(texts(seen)).toEqual(numbered(80));
  });

  it('[LC-007] records a retry as an event', async () => {
    const { id } = await on.start('flaky?recorded');
    const all = await (await events(id)).rest();
    const retry = all.filter(({ event }) => event === 'retry-scheduled');
    expect(retry.map(({ data }) => data)).toEqual([
      { index: 1, type: 'retry-scheduled', attempt: 2, delay_ms: number, error: errorShape('PROVIDER_ERROR') },
    ]);
  });

  it('[LC-006] keeps a silent stream alive with comments', async () => {
    const { id } = await on.start('cold?wait=600');
    const stream = await events(id);
    await stream.rest();
    expect(stream.comments.length).toBeGreaterThan(1);
  });

  it('[CW-6] refuses a from that is none', async () => {
    const { id } = await on.start('ok?tokens=1');
    for (const from of ['-1', 'x', '0.5']) {
      const answer = await on.get(`/runs/${id}/events?from=${from}`);
      expect({ status: answer.status, body: answer.json }).toEqual({ status: 400, body: validationError('from') });
    }
  });
});

describe('POST /runs/{id}/stop', () => {
  it('[CP-5] ends the run for every viewer, keeps what there is, and may be said again from anywhere', async () => {
    const { id } = await on.start('u26-endless?stop=1');
    const [mine, theirs] = await Promise.all([events(id), events(id)]);
    const seen = await mine.take(6);
    await theirs.take(2);
    const first = await on.post(`/runs/${id}/stop`);
    expect({ status: first.status, body: first.json }).toMatchObject({
      status: 200,
      body: { id, status: 'stopped', error: null, finished_at: instant },
    });
    seen.push(...(await mine.rest()));
    expect(seen.at(-1)).toMatchObject({ event: 'run-finished', data: { status: 'stopped' } });
    expect((await theirs.rest()).at(-1)).toEqual(seen.at(-1));
    expect((await on.post(`/runs/${id}/stop`)).json).toEqual(first.json);
    expect((await on.post(`/runs/${id}/stop`, {})).json).toEqual(first.json);
    const { conversation_id, message_id } = first.json;
    expect(await on.storedText(conversation_id, message_id)).toBe(texts(seen).join(''));
    await on.upstream.waitFor(({ model, outcome }) => model === 'u26-endless?stop=1' && outcome === 'aborted');
  });

  it('[CP-5] works before the provider has answered', async () => {
    const { id } = await on.start('u4-no-headers?stop');
    expect((await on.post(`/runs/${id}/stop`)).json).toMatchObject({ id, status: 'stopped' });
  });

  it('[CP-5] leaves a run that has ended as it was', async () => {
    const { id } = await on.start('ok?tokens=1');
    const ended = await on.ended(id);
    const answer = await on.post(`/runs/${id}/stop`);
    expect({ status: answer.status, body: answer.json }).toEqual({ status: 200, body: ended });
  });
});

it('[LC-006] a conversation takes the next message when its answer has ended, and says so before', async () => {
  const { id, conversation_id } = await on.start('u26-endless?busy');
  const busy = await on.post('/runs', { prompt: 'And?', provider_id: 'up', model_id: 'ok', conversation_id });
  expect({ status: busy.status, body: busy.json }).toEqual({ status: 409, body: errorShape('CONFLICT') });
  await on.post(`/runs/${id}/stop`);
  expect(await on.start('ok', { conversation_id })).toMatchObject({ conversation_id });
});

describe('a killed server', () => {
  it('[CW-3] keeps what was seen: the run is interrupted, its text stays, and a viewer gets exactly the rest', async () => {
    const { id, conversation_id, message_id } = await on.start('u26-endless?kill=1');
    const model_id = 'u26-endless?killed';
    const query = new URLSearchParams({ message: 'Go.', provider_id: 'up', model_id, stream_id: 'killed' });
    const native = await on.follow(`/chat/streaming?${query}`);
    const tokens = await native.take(8);
    const stream = await events(id);
    const seen = await stream.take(12);
    await on.server.kill('SIGKILL');
    await Promise.allSettled([stream.rest(), native.rest()]);
    await on.server.restart();
    const run = (await on.get(`/runs/${id}`)).json;
    expect(run).toMatchObject({
      status: 'interrupted',
      finish_reason: 'interrupted',
      error: errorShape('STREAM_INTERRUPTED'),
      finished_at: instant,
    });
    seen.push(...(await (await events(id, seen.length)).rest()));
    expect(seen.map(({ data }) => data.index)).toEqual(seen.map((_, at) => at));
    expect(seen.at(-1)).toMatchObject({ event: 'run-finished', data: { status: 'interrupted' } });
    expect(seen).toHaveLength(Number(run.next_index));
    expect(await on.storedText(conversation_id, message_id)).toBe(texts(seen).join(''));

    const again = await on.follow(`/chat/streaming?${query}`, { 'last-event-id': String(tokens.at(-1)?.id) });
    tokens.push(...(await again.rest()));
    const indexes = tokens.flatMap(({ event, data }) => (event === 'token' ? [data.index] : []));
    expect(indexes).toEqual(indexes.map((_, at) => at));
    expect(tokens.at(-1)).toMatchObject({ event: 'error', data: { error_code: 'STREAM_INTERRUPTED' } });
    expect(on.upstream.requests.filter(({ model }) => model === model_id)).toHaveLength(1);
  });
});

it('[LC-006] SIGTERM lets a running answer finish, takes no new one, and exits with 0', async () => {
  const { id } = await on.start('ok?tokens=40&delay=25');
  const stream = await events(id);
  await stream.take(3);
  const ended = on.server.kill('SIGTERM');
  const refused = await until(
    () => on.post('/runs', { prompt: 'Too late.', provider_id: 'up', model_id: 'ok' }).catch(() => undefined),
    (answer) => answer?.status !== 202,
  );
  if (refused) {
    expect({ status: refused.status, body: refused.json }).toEqual({ status: 503, body: errorShape('SHUTTING_DOWN') });
    expect((await on.get('/ready')).status).toBe(503);
  }
  expect((await stream.rest()).at(-1)).toMatchObject({ event: 'run-finished', data: { status: 'completed' } });
  expect(await ended).toEqual({ code: 0, signal: null });
  await on.server.restart();
  const { json } = await on.get(`/runs/${id}`);
  expect(json as Json).toMatchObject({ status: 'completed' });
});
