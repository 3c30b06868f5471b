/** What the scripted upstream says about itself: its models, and which of them are loaded. */
/**
 * How listings are answered: `ok`; `empty`; `html` and `other` as another program on the port would;
 * `hang`; `unauthorized`; `error`; `missing` (404).
 */
export type Listing = 'ok' | 'empty' | 'html' | 'other' | 'hang' | 'unauthorized' | 'error' | 'missing';

export const CONTEXT_LENGTH = 8192;

export function openaiModels(ids: readonly string[]): object {
  const data = ids.map((id) => ({
    id,
    object: 'model',
    created: 1,
    owned_by: 'script',
    context_length: CONTEXT_LENGTH,
  }));
  return { object: 'list', data };
}

export function ollamaTags(ids: readonly string[]): object {
  const models = ids.map((name) => ({
    name,
    model: name,
    modified_at: '2026-01-01T00:00:00Z',
    size: 1,
    digest: `digest-of-${name}`,
    details: { format: 'gguf', family: 'llama', parameter_size: '1B', quantization_level: 'Q4_0' },
    capabilities: ['completion', 'tools'],
  }));
  return { models };
}

export function ollamaShow(): object {
  return {
    capabilities: ['completion', 'tools'],
    model_info: { 'general.architecture': 'llama', 'llama.context_length': CONTEXT_LENGTH },
  };
}

export function ollamaPs(loaded: Iterable<string>): object {
  return { models: [...loaded].map((name) => ({ name, model: name, context_length: 4096, size_vram: 1 })) };
}
