/** `/providers`, `/models/{provider_id}`, and which provider a chat goes to that names none. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';
import { closedPort, startUpstream, type Upstream } from '../upstream/index.ts';
import { CANARY, type ContractServer, callsTo, startContractServer, until } from './support/contract-server.ts';
import type { Json } from './support/event-stream.ts';
import { errorShape, filled } from './support/shapes.ts';

let on: ContractServer;
let hanging: Upstream;
let locked: Upstream;
beforeAll(async () => {
  hanging = await startUpstream();
  hanging.listing = 'hang';
  locked = await startUpstream({ api_key: 'another' });
  on = await startContractServer({
    providers: `  - { id: hanging, type: ollama, host: "${hanging.url}", name: It hangs }
  - { id: locked, type: openai, host: "${locked.openai_url}", api_key: sk-canary-wrong }
  - { id: nobody, type: openai, host: "http://127.0.0.1:1/v1" }`,
  });
});
afterAll(async () => {
  await on?.stop();
  await hanging?.close();
  await locked?.close();
});

const list = async (calls: Pick<ContractServer, 'get'> = on) => {
  const { json } = await calls.get('/providers');
  return json as unknown as (Json & { id: string })[];
};
const byId = (providers: Json[]) => Object.fromEntries(providers.map((each) => [each.id, each]));

describe('GET /providers', () => {
  it('[LC-004] lists the settings in their order with the exact fields, and what is wrong', async () => {
    const providers = await until(list, (all) => {
      const { nobody, locked: refused, up } = byId(all);
      return nobody?.status === 'unreachable' && refused?.status === 'unauthorized' && up?.status === 'ready';
    });
    expect(providers.map(({ id }) => id)).toEqual(['up', 'lama', 'demo', 'hanging', 'locked', 'nobody']);
    for (const { problem, ...each } of providers) {
      expect(each).toEqual({
        id: filled,
        name: filled,
        type: expect.stringMatching(/^(ollama|openai|demo)$/),
        status: expect.stringMatching(/^(ready|unreachable|unauthorized|unknown)$/),
        default: each.id === 'up',
      });
      expect(problem === undefined || /.{10}/.test(String(problem))).toBe(true);
    }
    expect(byId(providers)).toMatchObject({ hanging: { name: 'It hangs', type: 'ollama' }, demo: { status: 'ready' } });
    expect(JSON.stringify(providers)).not.toContain('canary');
  });

  it('[LC-004] never waits for a provider', async () => {
    const start = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => list()));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('GET /models/{provider_id}', () => {
  it('[LC-005] lists the models of every type with the exact fields', async () => {
    for (const id of ['up', 'lama', 'demo']) {
      const answer = await on.get(`/models/${id}`);
      expect(answer.status).toBe(200);
      const models = answer.json as unknown as Json[];
      expect(models.length).toBeGreaterThan(0);
      for (const { context_length, capabilities, ...model } of models) {
        expect(model).toEqual({ id: filled, name: filled });
        expect(context_length === undefined || Number.isInteger(context_length)).toBe(true);
        expect(capabilities === undefined || Array.isArray(capabilities)).toBe(true);
      }
    }
  });

  it('[LC-005] says what is wrong with a code, the host and the remedy', async () => {
    const none = await on.get('/models/none');
    expect({ status: none.status, body: none.json }).toEqual({ status: 404, body: errorShape('PROVIDER_NOT_FOUND') });
    const nobody = await on.get('/models/nobody');
    expect({ status: nobody.status, body: nobody.json }).toEqual({
      status: 502,
      body: errorShape('PROVIDER_UNREACHABLE'),
    });
    expect(nobody.json.message).toContain('127.0.0.1:1');
    const refused = await on.get('/models/locked');
    expect({ status: refused.status, body: refused.json }).toEqual({
      status: 502,
      body: errorShape('PROVIDER_UNAUTHORIZED'),
    });
    expect(refused.text).not.toContain('canary');
    expect(refused.text).not.toContain(CANARY);
  });
});

describe('a chat that names no provider', () => {
  let server: TestServer | undefined;
  let late: Upstream | undefined;
  afterAll(async () => {
    await server?.stop();
    await late?.close();
  });

  it('[LC-004] goes to the demo on a first start, and to the first real one as soon as it appears', async () => {
    const port = await closedPort();
    server = await startServer({
      settingsYaml: `providers:
  - { id: late, type: ollama, host: "http://127.0.0.1:${port}" }
  - { id: demo, type: demo }
`,
    });
    const calls = callsTo(server);
    await until(
      () => list(calls),
      (all) => byId(all).late?.status === 'unreachable',
    );
    expect(byId(await list(calls))).toMatchObject({
      late: { default: false },
      demo: { default: true, status: 'ready' },
    });
    const first = await calls.post('/chat/wait', { prompt: 'Hello' });
    expect(first.json).toMatchObject({ provider_id: 'demo', final_output: expect.stringMatching(/demo/i) });

    late = await startUpstream({ port });
    late.models = ['ok'];
    await until(
      () => list(calls),
      (all) => byId(all).late?.default === true,
      15_000,
    );
    expect(byId(await list(calls))).toMatchObject({ late: { status: 'ready' }, demo: { default: false } });
    expect((await calls.post('/chat/wait', { prompt: 'Hello' })).json).toMatchObject({
      provider_id: 'late',
      model_id: 'ok',
    });
  });

  it('[LC-010] goes to the one that settings name, reachable or not', async () => {
    const { json } = await on.get('/config');
    const { status } = await on.call('PUT', '/config', { ...json, default_provider: 'nobody' });
    expect(status).toBe(200);
    expect((await list()).filter((each) => each.default).map(({ id }) => id)).toEqual(['nobody']);
    const answer = await on.post('/chat/wait', { prompt: 'Hello', model_id: 'any' });
    expect({ status: answer.status, body: answer.json }).toEqual({
      status: 502,
      body: errorShape('PROVIDER_UNREACHABLE'),
    });
  });
});
