import { AppError, type Limits, type ProviderConfig } from '@lightchat/protocol';
import type { Clock, LLMProvider } from '../engine/ports.ts';
import { createDemoProvider } from './demo/index.ts';
import { readTarget } from './kit/target.ts';
import type { Http } from './kit/upstream-http.ts';
import { createMisconfiguredProvider, toProblem } from './misconfigured.ts';
import { createOllamaProvider, DEFAULT_HOST } from './ollama/index.ts';
import { createOpenAIProvider } from './openai/index.ts';

/**
 * How a provider's status is found out. `never`: it is known already. `loopback`: often, it costs nothing
 * and tells nobody. `remote`: rarely. `on-request`: only when a person asks, as there is no key to ask with.
 */
export type Watching = 'never' | 'loopback' | 'remote' | 'on-request';

export interface CreatedProvider {
  provider: LLMProvider;
  watching: Watching;
  /** Why it cannot work with these settings. */
  problem?: string;
}

/** Never throws: settings that cannot work give a provider that says why. */
export function createProvider(
  config: ProviderConfig,
  parts: { http: Http; limits: Limits; clock: Clock },
): CreatedProvider {
  try {
    switch (config.type) {
      case 'demo':
        return { provider: createDemoProvider(config, parts.clock), watching: 'never' };
      case 'ollama':
        return { provider: createOllamaProvider(config, parts.http, parts.limits), watching: watchingOf(config) };
      case 'openai':
        return { provider: createOpenAIProvider(config, parts.http, parts.limits), watching: watchingOf(config) };
      case 'llama_cpp':
        throw notEmbedded(config);
    }
  } catch (error) {
    const problem = toProblem(error);
    return { provider: createMisconfiguredProvider(config, problem), watching: 'never', problem: problem.message };
  }
}

function notEmbedded({ id }: ProviderConfig): AppError {
  const message =
    'The embedded llama.cpp engine is not part of this version. Start its own server, with "llama-server -m model.gguf", ' +
    'and set type: openai and host: http://127.0.0.1:8080/v1 for this provider.';
  return new AppError('PROVIDER_UNREACHABLE', message, { details: { provider_id: id, reason: 'not_included' } });
}

function watchingOf(config: ProviderConfig): Watching {
  const { reach, secret } = readTarget(config, { default_host: DEFAULT_HOST, remedy: '', address_remedy: '' });
  if (reach === 'loopback') return 'loopback';
  return config.type === 'openai' && reach === 'public' && !secret ? 'on-request' : 'remote';
}
