/** The limits that can be reached from outside in a test's time. The others are in the fault tests. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ContractServer, startContractServer } from './support/contract-server.ts';
import type { Json } from './support/event-stream.ts';
import { rawRequest } from './support/raw-request.ts';
import { errorShape } from './support/shapes.ts';

let on: ContractServer;
beforeAll(async () => {
  on = await startContractServer({
    settings: 'retry: { attempts: 0, delay_ms: 0 }\nlimits: { active_runs: 3, idle_ms: 800 }',
  });
});
afterAll(() => on?.stop());

const TEN_MEGABYTES = 10 * 1024 * 1024;

it('[L16] a body has at most 10 MB, and what is larger is refused', async () => {
  const long = 'x'.repeat(9_500_000);
  const taken = await on.post('/chat/wait', { prompt: long, provider_id: 'up', model_id: 'ok' });
  expect(taken.status).toBe(200);
  const refused = await on.post('/chat/wait', { prompt: 'x'.repeat(TEN_MEGABYTES), provider_id: 'up', model_id: 'ok' });
  expect({ status: refused.status, body: refused.json }).toEqual({
    status: 413,
    body: errorShape('PAYLOAD_TOO_LARGE'),
  });
  const { port } = on.server;
  const head = ['POST /chat HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Content-Type: application/json'];
  const claimed = await rawRequest(port, [...head, 'Content-Length: 99999999999']);
  expect(claimed.status).toBe(413);
});

it('[L16] more answers at a time than settings allow are refused', async () => {
  const runs = await Promise.all([1, 2, 3].map((n) => on.start(`u4-no-headers?many=${n}`)));
  const refused = await on.post('/runs', { prompt: 'One more.', provider_id: 'up', model_id: 'ok' });
  expect({ status: refused.status, body: refused.json }).toEqual({ status: 429, body: errorShape('RATE_LIMITED') });
  await Promise.all(runs.map(({ id }) => on.post(`/runs/${id}/stop`)));
  await on.start('ok');
});

it('[U5] a provider that falls silent is given up, with what had come', async () => {
  const { id, conversation_id, message_id } = await on.start('u5-silence?tokens=3&limit');
  expect(await on.ended(id)).toMatchObject({ status: 'interrupted', error: errorShape('PROVIDER_TIMEOUT') });
  expect(await on.storedText(conversation_id, message_id)).toBe('token0 token1 token2 ');
});

it('[U26] an answer that never ends is cut at the time a run may take, and what came is kept', async () => {
  const { json } = await on.get('/config');
  const limits = { ...(json.limits as Json), run_ms: 800 };
  expect((await on.call('PUT', '/config', { ...json, limits })).status).toBe(200);
  const { id } = await on.start('u26-endless?delay=20');
  const run = await on.ended(id);
  expect(run).toMatchObject({ status: 'interrupted', error: errorShape('PROVIDER_TIMEOUT') });
  expect(await on.storedText(run.conversation_id, run.message_id)).toMatch(/^token0 token1 .*token\d+ $/);
});
