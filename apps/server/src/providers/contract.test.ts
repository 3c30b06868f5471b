/** The one contract, over all three adapters. */
import { limitsSchema } from '@lightchat/protocol';
import { startUpstream, type Upstream } from '../../../../tests/upstream/index.ts';
import { type ProviderUnderTest, providerContract } from '../engine/testing/provider.contract.ts';
import { createDemoProvider } from './demo/index.ts';
import { createUpstreamHttp } from './kit/upstream-http.ts';
import { createOllamaProvider } from './ollama/index.ts';
import { createOpenAIProvider } from './openai/index.ts';

const limits = limitsSchema.parse({});

async function overHttp(
  make: (upstream: Upstream, http: ReturnType<typeof createUpstreamHttp>) => ProviderUnderTest['provider'],
) {
  const upstream = await startUpstream();
  const http = createUpstreamHttp();
  return {
    provider: make(upstream, http),
    models: { answers: 'ok', endless: 'u26-endless', missing: 'no-such-model' },
    upstreamStopped: () =>
      upstream.waitFor(({ scenario, outcome }) => scenario === 'u26-endless' && outcome === 'aborted'),
    async close() {
      await http.destroy();
      await upstream.close();
    },
  };
}

providerContract('OpenAI-compatible', () =>
  overHttp((upstream, http) =>
    createOpenAIProvider({ id: 'scripted', type: 'openai', host: upstream.openai_url }, http, limits),
  ),
);

providerContract('Ollama', () =>
  overHttp((upstream, http) =>
    createOllamaProvider({ id: 'scripted', type: 'ollama', host: upstream.url }, http, limits),
  ),
);

providerContract('demo', async () => {
  let asleep = 0;
  const clock = {
    // The calm model says one word and then rests until it is stopped; the fast one never rests.
    sleep(_: number, signal?: AbortSignal): Promise<void> {
      asleep += 1;
      if (asleep === 1 || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
  return {
    provider: createDemoProvider({ id: 'demo', type: 'demo' }, clock),
    models: { answers: 'demo-fast', endless: 'demo', missing: 'no-such-model' },
    upstreamStopped: async () => undefined,
    close: async () => undefined,
  };
});
