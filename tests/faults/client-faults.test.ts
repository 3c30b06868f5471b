/** What clients do to a server, through the real one: cut, return, repeat themselves, stop at once, come all together. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractServer, startContractServer, until } from '../contract/support/contract-server.ts';
import type { Json } from '../contract/support/event-stream.ts';

let s: ContractServer;
beforeAll(async () => {
  s = await startContractServer({ settings: 'limits: { heartbeat_ms: 100 }' });
});
afterAll(() => s?.stop());

const indexes = (events: { id: string | undefined }[]) => events.map(({ id }) => Number(id?.split(':')[1]));

describe('a viewer', () => {
  it('[C1] may leave before the first token: the answer is written all the same', async () => {
    const stream = await s.stream('/chat', { prompt: 'x', provider_id: 'up', model_id: 'ok?tokens=5&first=200' });
    const [start] = await stream.take(1);
    await stream.cut();
    const run = await s.ended(String(start?.data.run_id));
    expect(run).toMatchObject({ status: 'completed', error: null });
    expect(await s.storedText(run.conversation_id, run.message_id)).toBe('token0 token1 token2 token3 token4 ');
  });

  it('[C2] that has seen every token but not the end gets the end, and then 204', async () => {
    const stream = await s.stream('/chat', { prompt: 'x', provider_id: 'up', model_id: 'ok?tokens=3' });
    const [start, , , last] = await stream.take(4);
    await stream.cut();
    await s.ended(String(start?.data.run_id));
    const rest = await s.stream('/chat', { prompt: 'x' }, { 'last-event-id': last?.id ?? '' });
    const [done, ...more] = await rest.rest();
    expect(done).toMatchObject({ event: 'done', data: { finish_reason: 'stop' } });
    expect(more).toEqual([]);
    const nothing = await s.stream('/chat', { prompt: 'x' }, { 'last-event-id': done?.id ?? '' });
    expect(nothing.response.status).toBe(204);
  });

  it('[C3] with a cursor of another run, or ahead of its own, is told so and never shown a gap', async () => {
    const [one, other] = [await s.start('ok?tokens=2'), await s.start('u26-endless?delay=20')];
    await s.ended(one.id);
    // A cursor of another run says nothing about this one: it is shown from its beginning.
    const whole = await s.follow(`/runs/${one.id}/events`, { 'last-event-id': `${other.id}:1` });
    expect(indexes(await whole.rest())[0]).toBe(0);
    const ahead = await s.get(`/runs/${other.id}/events`, { 'last-event-id': `${other.id}:999999` });
    expect(ahead).toMatchObject({ status: 409, json: { error_code: 'CONFLICT', details: { run_id: other.id } } });
    await s.post(`/runs/${other.id}/stop`);
  });

  it('[C14] behind a proxy gets what proxies need: no buffering, no compression, and comments in every silence', async () => {
    const run = await s.start('u5-silence?tokens=1');
    const stream = await s.follow(`/runs/${run.id}/events`, { 'accept-encoding': 'gzip, br' });
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'x-accel-buffering': 'no',
      'cache-control': expect.stringMatching(/no-cache.*no-transform/),
    });
    expect(stream.response.headers.get('content-encoding')).toBeNull();
    void stream.rest();
    await until(
      async () => stream.comments.length,
      (comments) => comments > 2,
    );
    await s.post(`/runs/${run.id}/stop`);
  });
});

describe('several clients', () => {
  it('[C5, C11] three hundred that come back at once all get exactly the rest', async () => {
    const run = await s.start('ok?tokens=40&delay=10');
    const streams = await Promise.all(
      Array.from({ length: 300 }, (_, at) => {
        const cursor = { 'last-event-id': `${run.id}:${at % 2 === 0 ? 0 : 1}` };
        return until(
          () => s.follow(`/runs/${run.id}/events`, cursor),
          ({ response }) => response.status === 200, // 409 while it has no event 1 yet
        );
      }),
    );
    const seen = await Promise.all(streams.map((stream) => stream.rest()));
    const last = Number((await s.ended(run.id)).next_index) - 1;
    for (const [at, events] of seen.entries()) {
      const first = at % 2 === 0 ? 1 : 2;
      expect(indexes(events)).toEqual(Array.from({ length: last - first + 1 }, (_, step) => first + step));
    }
  });

  it('[C6] that send into one conversation at once: one is answered, the other told so, and nothing is lost', async () => {
    const first = await s.start('ok?tokens=1');
    await s.ended(first.id);
    const more = { conversation_id: first.conversation_id };
    const send = (prompt: string) =>
      s.post('/runs', { prompt, provider_id: 'up', model_id: 'ok?tokens=5&delay=20', ...more });
    const answers = await Promise.all([send('one'), send('two')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    const [winner] = answers.filter(({ status }) => status === 202);
    await s.ended(String(winner?.json.id));
    const { json } = await s.get(`/api/chat/sessions/${first.conversation_id}/messages`);
    expect((json.items as Json[]).map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  });

  it('[C7] that repeat a request while it is at work follow the same run', async () => {
    const body = { prompt: 'x', provider_id: 'up', model_id: 'ok?tokens=5&delay=20&c7', idempotency_key: 'c7' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => s.post('/runs', body)));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    await s.ended(String(answers[0]?.json.id));
    expect(s.upstream.requests.filter(({ model }) => model === body.model_id)).toHaveLength(1);
    expect((await s.post('/runs', { ...body, prompt: 'y' })).status).toBe(422);
  });

  it('[C8] that stop at once, before the first token and after the end, get one and the same answer', async () => {
    const run = await s.start('cold?wait=5000');
    const viewer = s.follow(`/runs/${run.id}/events`);
    const stops = await Promise.all(Array.from({ length: 8 }, () => s.post(`/runs/${run.id}/stop`)));
    const late = await s.post(`/runs/${run.id}/stop`);
    for (const { json } of stops) expect(json).toEqual(late.json);
    expect(late.json).toMatchObject({ status: 'stopped', finish_reason: 'stopped' });
    const ends = (await (await viewer).rest()).filter(({ event }) => event === 'run-finished');
    expect(ends).toHaveLength(1);
    const asked = await s.upstream.waitFor(({ model, outcome }) => model === 'cold?wait=5000' && outcome !== 'open');
    expect(asked.outcome).toBe('aborted');
  });

  it('[C9] one deletes the conversation while it is answered: the run ends, and nothing is written any more', async () => {
    const run = await s.start('u26-endless?delay=10&c9');
    const path = `/api/chat/sessions/${run.conversation_id}`;
    expect((await s.call('DELETE', path)).status).toBe(204);
    const ended = await s.get(`/runs/${run.id}`);
    expect([200, 404]).toContain(ended.status);
    if (ended.status === 200) expect(ended.json.status).toBe('stopped');
    const asked = await s.upstream.waitFor(({ model, outcome }) => model.endsWith('c9') && outcome !== 'open');
    expect(asked.outcome).toBe('aborted');
  });
});
