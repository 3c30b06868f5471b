import { expect, it } from 'vitest';
import { serve } from './testing/serve.ts';

it('[LC-006] while the last answers are finished nothing new is begun, and what is there can be read and stopped', async () => {
  const served = await serve([['hang']]);
  const headers = { 'content-type': 'application/json' };
  const post = (path: string, body: object) =>
    fetch(served.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const { id, conversation_id } = (await (await post('/runs', { prompt: 'x' })).json()) as Record<string, string>;
  const archive = (await (await fetch(`${served.url}/api/chat/sessions/export`)).json()) as object;
  const drained = served.engine.drain(60_000);

  for (const [path, body] of [
    ['/runs', { prompt: 'x' }],
    ['/chat', { prompt: 'x' }],
    ['/api/chat/sessions', { title: 'New' }],
    [`/api/chat/sessions/${conversation_id}/fork`, {}],
    ['/api/chat/sessions/import', archive],
  ] as const) {
    const refused = await post(path, body);
    expect({ path, status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
      path,
      status: 503,
      wait: '5',
    });
    expect(await refused.json()).toMatchObject({ error_code: 'SHUTTING_DOWN' });
  }
  expect((await fetch(`${served.url}/api/chat/sessions/${conversation_id}`)).status).toBe(200);
  expect((await post(`/runs/${id}/stop`, {})).status).toBe(200);
  await drained;
  await served.close();
});
