import type { LLMProvider, ModelEvent, ModelRequest, ProviderDirectory } from '../ports.ts';

/** What one call of `chatStream` does: yields these batches; 'hang' waits until the run is aborted. */
export type Script = readonly (readonly ModelEvent[] | 'hang')[];

export interface ScriptedProvider extends LLMProvider {
  /** Every request it was asked with. */
  requests: ModelRequest[];
  aborted: number;
}

/** A provider that plays one script a call, the last one again when they run out. */
export function scriptedProvider(...scripts: Script[]): ScriptedProvider {
  const provider: ScriptedProvider = {
    id: 'scripted',
    type: 'demo',
    can: { tools: true, vision: false, reasoning: true, list_models: true },
    system_prompt: null,
    default_model: 'model',
    fallbacks: () => [],
    requests: [],
    aborted: 0,
    listModels: async () => [{ id: 'model', name: 'Model' }],
    async *chatStream(request, signal) {
      const script = scripts[Math.min(provider.requests.length, scripts.length - 1)] ?? [];
      provider.requests.push(request);
      for (const step of script) {
        if (step === 'hang') await aborted(signal);
        if (signal.aborted) {
          provider.aborted += 1;
          return;
        }
        if (step !== 'hang') yield step;
      }
    },
  };
  return provider;
}

export function directoryOf(provider: LLMProvider): ProviderDirectory {
  return {
    resolve: () => provider,
    has: (id) => id === provider.id,
    defaultModel: async () => provider.default_model ?? 'model',
    knownModels: async () => [{ provider, model: { id: 'model', name: 'Model' } }],
  };
}

/** `words` as text deltas, one batch each, then `finish`. */
export function saying(...words: string[]): Script {
  return [...words.map((text): ModelEvent[] => [{ type: 'text-delta', text }]), [{ type: 'finish', reason: 'stop' }]];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
