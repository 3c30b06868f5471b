import { afterEach, describe, expect, it } from 'vitest';
import type { EmbeddingRequest } from '../../../engine/ports.ts';
import { type Served, serve } from '../../testing/serve.ts';

let served: Served;
afterEach(() => served.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(served.url + path, { headers });
const embed = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${served.url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'scripted/model', ...body }),
  });
const model = {
  id: 'scripted/model',
  object: 'model',
  created: 0,
  owned_by: 'scripted',
  type: 'model',
  display_name: 'Model',
  created_at: '1970-01-01T00:00:00Z',
};

describe('GET /v1/models', () => {
  it("[CP-2] lists models for OpenAI's clients and for Anthropic's", async () => {
    served = await serve([]);
    expect(await (await get('/v1/models')).json()).toEqual({
      object: 'list',
      data: [model],
      has_more: false,
      first_id: 'scripted/model',
      last_id: 'scripted/model',
    });
    const camel = await (await get('/v1/models', { 'x-lightchat-case': 'camel' })).json();
    expect(camel).toMatchObject({ data: [{ ownedBy: 'scripted', displayName: 'Model' }], hasMore: false });
  });

  it.each(['/v1/models/scripted/model', '/v1/models/scripted%2Fmodel', '/v1/models/model', '/v1/models/model/'])(
    '[CP-2] finds one at %s',
    async (path) => {
      served = await serve([]);
      expect(await (await get(path)).json()).toEqual(model);
    },
  );

  it.each(['none', 'scripted/none', 'some:thing/with%20a/slash', 'x'.repeat(300), '__proto__'])(
    '[CP-2] has no model %s',
    async (id) => {
      served = await serve([]);
      const answer = await get(`/v1/models/${id}`);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { code: 'model_not_found', param: 'model' } });
    },
  );
});

describe('POST /v1/embeddings', () => {
  const asked: EmbeddingRequest[] = [];
  async function serveVectors(prompt_tokens: number | null): Promise<void> {
    asked.length = 0;
    served = await serve([]);
    served.provider.embed = async (request) => {
      asked.push(request);
      return { vectors: request.input.map((_, at) => [at, 0.5]), prompt_tokens };
    };
  }

  it('[CP-1] answers numbers, whatever encoding is asked for', async () => {
    await serveVectors(4);
    const expected = {
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0, 0.5] },
        { object: 'embedding', index: 1, embedding: [1, 0.5] },
      ],
      model: 'scripted/model',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    };
    for (const encoding_format of ['float', 'base64', undefined, null]) {
      const answer = await embed({ input: ['a', 'b'], encoding_format });
      expect([answer.status, await answer.json()]).toEqual([200, expected]);
    }
    const one = (await (await embed({ input: 'a', dimensions: 2 })).json()) as { data: unknown[] };
    expect(one.data).toHaveLength(1);
    expect(asked.at(-1)).toEqual({ model_id: 'model', input: ['a'], dimensions: 2 });
  });

  it('[CP-1] counts nothing that was not counted', async () => {
    await serveVectors(null);
    const answer = await embed({ input: 'a' }, { 'x-lightchat-case': 'camel' });
    expect(await answer.json()).toMatchObject({ usage: { promptTokens: 0, totalTokens: 0 } });
  });

  it.each([
    ['input', {}],
    ['input', { input: [] }],
    ['input', { input: 7 }],
    ['input[0]', { input: [1, 2, 3] }],
    ['input[0]', { input: [[1, 2, 3]] }],
    ['dimensions', { input: 'a', dimensions: 0 }],
    ['encoding_format', { input: 'a', encoding_format: 'hex' }],
    ['model', { input: 'a', model: 7 }],
  ])('[CP-1] refuses a fault in %s by that name', async (param, fault) => {
    await serveVectors(1);
    const answer = await embed(fault);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', param } });
    expect(asked).toEqual([]);
  });

  it('[CP-1] says when a provider has none', async () => {
    served = await serve([]);
    const answer = await embed({ input: 'a' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('embeddings') } });
  });
});
