import { isAppError, limitsSchema } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import type { LLMProvider } from '../engine/ports.ts';
import type { Http } from './kit/upstream-http.ts';
import { createOllamaProvider } from './ollama/index.ts';
import { createOpenAIProvider } from './openai/index.ts';
import { type BytePlayer, type PlayedResponse, playBytes } from './testing/byte-player.ts';

const limits = limitsSchema.parse({});
const openai = (http: Http) =>
  createOpenAIProvider({ id: 'p', type: 'openai', host: 'http://localhost/v1' }, http, limits);
const ollama = (http: Http) => createOllamaProvider({ id: 'p', type: 'ollama' }, http, limits);

const play = (body: unknown, more: Partial<PlayedResponse> = {}): BytePlayer =>
  playBytes({ chunks: [Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))], ...more });
const embed = (provider: LLMProvider, input: string[] = ['a', 'b'], signal = new AbortController().signal) =>
  provider.embed?.({ model_id: 'm', input }, signal);

describe('embeddings of an OpenAI-compatible server', () => {
  it('[CP-1] are asked for as numbers, and come in the order of the texts', async () => {
    const data = [
      { index: 1, embedding: [3, 4] },
      { index: 0, embedding: [1, 2.5] },
    ];
    const http = play({ object: 'list', data, usage: { prompt_tokens: 2, total_tokens: 2 } });
    expect(
      await openai(http).embed?.({ model_id: 'm', input: ['a', 'b'], dimensions: 2 }, AbortSignal.timeout(5000)),
    ).toEqual({
      vectors: [
        [1, 2.5],
        [3, 4],
      ],
      prompt_tokens: 2,
    });
    expect(http.bodies.map((body) => JSON.parse(body))).toEqual([
      { model: 'm', input: ['a', 'b'], dimensions: 2, encoding_format: 'float' },
    ]);
  });

  it('[CP-1] may come as base64 of 32-bit floats, without indexes and without usage', async () => {
    const floats = Buffer.from(new Float32Array([0.5, -2]).buffer).toString('base64');
    const http = play({ data: [{ embedding: floats }, { embedding: floats }] });
    expect(await embed(openai(http))).toEqual({
      vectors: [
        [0.5, -2],
        [0.5, -2],
      ],
      prompt_tokens: null,
    });
  });

  it.each([
    ['too few', { data: [{ index: 0, embedding: [1] }] }],
    [
      'one place twice',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      },
    ],
    [
      'a place far off',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 4_000_000_000, embedding: [1] },
        ],
      },
    ],
    ['no numbers', { data: [{ embedding: ['x'] }, { embedding: [null] }] }],
    ['half a float', { data: [{ embedding: 'AAAA' }, { embedding: 'AAAA' }] }],
    ['nothing', { data: [{ embedding: [] }, { embedding: '' }] }],
    ['no list', { hello: 1 }],
  ])('[U10] that are %s are an error', async (_, document) => {
    await expect(embed(openai(play(document)))).rejects.toMatchObject({
      code: 'PROVIDER_ERROR',
      details: { reason: 'bad_embeddings' },
    });
  });
});

describe('embeddings of Ollama', () => {
  it('[CP-1] are asked for without a silent cut', async () => {
    const http = play({ model: 'm', embeddings: [[1], [2]], prompt_eval_count: 4 });
    expect(await embed(ollama(http))).toEqual({ vectors: [[1], [2]], prompt_tokens: 4 });
    expect(http.bodies.map((body) => JSON.parse(body))).toEqual([{ model: 'm', input: ['a', 'b'], truncate: false }]);
  });

  it('[U20] of a model that is not there name it and the remedy', async () => {
    const http = play({ error: 'model "m" not found, try pulling it first' }, { status: 404 });
    await expect(embed(ollama(http))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(embed(ollama(http))).rejects.toThrow(/ollama pull m/);
  });

  it('[U21] of a text that is too long say so', async () => {
    const http = play({ error: 'the input length exceeds the context length' }, { status: 400 });
    await expect(embed(ollama(http))).rejects.toMatchObject({ code: 'CONTEXT_LENGTH_EXCEEDED' });
  });

  it('[U10] that are not vectors are an error', async () => {
    for (const document of [{ embeddings: [[1]] }, { embeddings: [[1], 'x'] }, {}]) {
      await expect(embed(ollama(play(document)))).rejects.toMatchObject({ code: 'PROVIDER_ERROR' });
    }
  });

  it('[CP-5] an abort ends the question at once', async () => {
    const abort = new AbortController();
    const asked = embed(ollama(play('{}')), ['a'], abort.signal)?.catch((error: unknown) => error);
    abort.abort();
    const reason = await asked;
    expect(isAppError(reason)).toBe(false);
    expect(reason).toBe(abort.signal.reason);
  });
});
