/** `openai`, the official client, on models and embeddings. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectorOf } from '../upstream/index.ts';
import { bodyOf, type Gateway, KEY, once, providers, startGateway } from './support/gateway.ts';

let on: Gateway;
let openai: OpenAI;
beforeAll(async () => {
  on = await startGateway({ models: ['ok', 'team/deep:7b'] });
  openai = new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 0 });
});
afterAll(() => on?.stop());

describe('openai-node, models', () => {
  it('[CP-2] lists what every provider has, by ids that can be asked', async () => {
    const models: OpenAI.Model[] = [];
    for await (const model of openai.models.list()) models.push(model);
    const ids = models.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['up/ok', 'up/team/deep:7b', 'lama/ok', 'lama/team/deep:7b']));
    expect(new Set(ids).size).toBe(ids.length);
    for (const model of models) {
      expect(model).toMatchObject({ object: 'model', created: expect.any(Number), owned_by: expect.any(String) });
    }
  });

  it.each(['up/ok', 'lama/team/deep:7b'])('[CP-2] retrieves %s, slashes and colons and all', async (id) => {
    expect(await openai.models.retrieve(id)).toMatchObject({ id, object: 'model' });
  });

  it('[CP-2] a model that is not there is not found', async () => {
    await expect(openai.models.retrieve('up/nothing')).rejects.toThrow(OpenAI.NotFoundError);
    await expect(openai.models.retrieve('nowhere/ok')).rejects.toThrow(OpenAI.NotFoundError);
  });
});

describe.each(providers)('openai-node, embeddings, provider %s', (provider) => {
  it('[CP-8] gets vectors in order, as it asks by itself and as floats', async () => {
    const input = ['one', 'three'];
    for (const format of [{}, { encoding_format: 'float' as const }]) {
      const answer = await openai.embeddings.create({ model: `${provider}/ok`, input, ...format });
      expect(answer.data.map(({ embedding }) => embedding)).toEqual(input.map((text) => vectorOf(text)));
      expect(answer.data.map(({ index }) => index)).toEqual([0, 1]);
      expect(answer.usage).toEqual({ prompt_tokens: 8, total_tokens: 8 });
    }
  });

  it('[CP-8] embeds one text, in as many dimensions as it wants', async () => {
    const model = once('ok');
    const answer = await openai.embeddings.create({ model: `${provider}/${model}`, input: 'word', dimensions: 5 });
    expect(answer.data[0]?.embedding).toEqual(vectorOf('word', 5));
    expect(bodyOf(on.upstream, model)).toMatchObject({ dimensions: 5 });
  });

  it('[CP-8] an empty list of texts is a bad request', async () => {
    const answer = openai.embeddings.create({ model: `${provider}/ok`, input: [] });
    await expect(answer).rejects.toThrow(OpenAI.BadRequestError);
  });
});

it('[CP-8] a provider without embeddings says so', async () => {
  const answer = openai.embeddings.create({ model: 'demo/demo', input: 'word' });
  await expect(answer).rejects.toThrow(/embeddings/);
});
