import { limitsSchema } from '@lightchat/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONTEXT_LENGTH, startUpstream, type Upstream } from '../../../../../tests/upstream/index.ts';
import { createUpstreamHttp } from '../kit/upstream-http.ts';
import { collect, errorOf } from '../testing/collect.ts';
import { createOllamaProvider } from './index.ts';
import { isLoaded, readShow, readTags } from './models.ts';

const http = createUpstreamHttp();
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterEach(() => {
  upstream.reset();
  upstream.loaded.clear();
  upstream.listing = 'ok';
});
afterAll(async () => {
  await http.destroy();
  await upstream.close();
});
const open = (path = '') =>
  createOllamaProvider({ id: 'p', type: 'ollama', host: upstream.url + path }, http, limitsSchema.parse({}));
const never = () => new AbortController().signal;
const shows = () => upstream.requests.filter(({ path }) => path === '/api/show').length;

describe('Ollama: models', () => {
  it('[LC-006] have capabilities and context length, and each is asked about once', async () => {
    const provider = open();
    const models = await provider.listModels(never());
    expect(models[0]).toMatchObject({ context_length: CONTEXT_LENGTH, capabilities: ['completion', 'tools'] });
    const asked = shows();
    expect(asked).toBe(models.length);
    expect(await provider.listModels(never())).toEqual(models);
    expect(shows()).toBe(asked);
  });

  it.each(['/v1', '/api', '/'])('[LC-006] an address that ends in %s is understood', async (path) => {
    expect((await open(path).listModels(never())).length).toBeGreaterThan(0);
  });

  it('[U15] another program on this port is no Ollama', async () => {
    upstream.listing = 'other';
    await expect(open().listModels(never())).rejects.toMatchObject({
      code: 'PROVIDER_ERROR',
      details: { reason: 'not_an_api' },
    });
    upstream.listing = 'html';
    await expect(open().listModels(never())).rejects.toThrow(/web page \("Some other program"\)/);
  });

  it('[LC-006] lists of old servers lack capabilities, which the details then tell', () => {
    expect(readTags({ models: [{ name: 'a', digest: 'd' }, {}, 5] })).toEqual([
      { info: { id: 'a', name: 'a' }, digest: 'd' },
    ]);
    expect(
      readShow({ capabilities: ['tools', 5], model_info: { 'general.architecture': 'x', 'x.context_length': 9 } }),
    ).toEqual({
      capabilities: ['tools'],
      context_length: 9,
    });
    expect(readShow('nonsense')).toEqual({});
  });
});

describe('Ollama: what cannot be sent', () => {
  it('[CP-8] an image at an address is refused before anybody is asked', async () => {
    const parts = [{ type: 'image' as const, url: 'https://example.com/a.png' }];
    const request = { model_id: 'ok', messages: [{ role: 'user' as const, text: '', parts }] };
    const { error, retry } = errorOf(await collect(open(), request));
    expect([error.error_code, retry]).toEqual(['INVALID_REQUEST', 'never']);
    expect(error.message).toMatch(/base64 data: URL/);
    expect(upstream.requests).toEqual([]);
  });
});

describe('Ollama: what it does while nothing comes', () => {
  it('[LC-015] a model that is not loaded is being loaded', async () => {
    const events = await collect(open(), 'cold?wait=1600');
    expect(events[0]).toEqual({ type: 'progress', state: 'loading-model' });
    expect(events.filter(({ type }) => type === 'progress')).toHaveLength(1);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('[LC-015] a loaded model makes one wait', async () => {
    upstream.loaded.add('cold?wait=1600');
    expect((await collect(open(), 'cold?wait=1600'))[0]).toEqual({ type: 'progress', state: 'waiting' });
  });

  it('[LC-015] a quick answer asks nothing', async () => {
    await collect(open(), 'ok');
    expect(upstream.requests.map(({ path }) => path)).toEqual(['/api/chat']);
  });

  it('[LC-015] a name without a tag is the latest', () => {
    expect(isLoaded({ models: [{ name: 'llama3.2:latest' }] }, 'llama3.2')).toBe(true);
    expect(isLoaded({ models: [{ name: 'llama3.2:1b' }] }, 'llama3.2')).toBe(false);
    expect(isLoaded({ error: 'x' }, 'llama3.2')).toBeUndefined();
  });
});
