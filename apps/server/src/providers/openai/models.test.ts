import { describe, expect, it } from 'vitest';
import { readModels } from './models.ts';

describe('[LC-008] lists of models', () => {
  it.each([
    ['OpenAI', { id: 'gpt', object: 'model', owned_by: 'x' }, { id: 'gpt', name: 'gpt' }],
    [
      'OpenRouter',
      {
        id: 'a/b',
        name: 'A: B',
        context_length: 131072,
        architecture: { input_modalities: ['text', 'image'] },
        supported_parameters: ['tools', 'reasoning', 'top_p'],
      },
      { id: 'a/b', name: 'A: B', context_length: 131072, capabilities: ['vision', 'tools', 'thinking'] },
    ],
    ['vLLM', { id: 'q', max_model_len: 40960 }, { id: 'q', name: 'q', context_length: 40960 }],
    ['llama.cpp', { id: 'q', meta: { n_ctx_train: 8192, n_params: 1 } }, { id: 'q', name: 'q', context_length: 8192 }],
    ['Groq', { id: 'q', context_window: 8192 }, { id: 'q', name: 'q', context_length: 8192 }],
    [
      'Mistral',
      { id: 'q', max_context_length: 32768, capabilities: { function_calling: true, vision: false } },
      { id: 'q', name: 'q', context_length: 32768, capabilities: ['tools'] },
    ],
    [
      'LM Studio',
      { id: 'q', type: 'vlm', max_context_length: 32768, loaded_context_length: 4096, capabilities: ['tool_use'] },
      { id: 'q', name: 'q', context_length: 4096, capabilities: ['tools', 'vision'] },
    ],
    ['an embedding model', { id: 'q', type: 'embeddings' }, { id: 'q', name: 'q', capabilities: ['embedding'] }],
    [
      'Fireworks',
      { id: 'q', context_length: 4096, supports_chat: true, supports_image_input: true, supports_tools: false },
      { id: 'q', name: 'q', context_length: 4096, capabilities: ['vision'] },
    ],
    [
      'Novita',
      { id: 'q', context_size: 4096, features: ['function-calling', 'reasoning', 'structured-outputs'] },
      { id: 'q', name: 'q', context_length: 4096, capabilities: ['tools', 'thinking'] },
    ],
    [
      'Vercel',
      { id: 'q', context_window: 4096, type: 'language', tags: ['tool-use', 'vision', 'implicit-caching'] },
      { id: 'q', name: 'q', context_length: 4096, capabilities: ['tools', 'vision'] },
    ],
    [
      'GitHub',
      {
        id: 'q',
        capabilities: { limits: { max_context_window_tokens: 4096 }, supports: { tool_calls: true, vision: false } },
      },
      { id: 'q', name: 'q', context_length: 4096, capabilities: ['tools'] },
    ],
    [
      'DeepInfra',
      { id: 'q', metadata: { context_length: 4096, tags: ['x'] } },
      { id: 'q', name: 'q', context_length: 4096 },
    ],
    [
      'Hugging Face',
      { id: 'q', providers: [{ provider: 'x', context_length: 4096 }], architecture: { input_modalities: ['image'] } },
      { id: 'q', name: 'q', context_length: 4096, capabilities: ['vision'] },
    ],
    [
      'Gemini',
      { id: 'models/gemini-flash', object: 'model', owned_by: 'google', display_name: 'Gemini Flash' },
      { id: 'models/gemini-flash', name: 'Gemini Flash' },
    ],
    ['nonsense', { id: 'q', context_length: 'big', meta: null, capabilities: 5 }, { id: 'q', name: 'q' }],
    ['hostile words', { id: 'q', tags: ['constructor', '__proto__', 7] }, { id: 'q', name: 'q' }],
  ])('of %s', (_, entry, model) => {
    expect(readModels({ object: 'list', data: [entry] })).toEqual([model]);
  });

  it('of llama.cpp tell capabilities in a second list', () => {
    const document = {
      models: [{ name: 'q.gguf', model: 'q.gguf', capabilities: ['completion', 'multimodal'] }],
      object: 'list',
      data: [{ id: 'q.gguf', object: 'model', meta: { n_ctx_train: 131072, n_ctx: 8192 } }],
    };
    const capabilities = ['completion', 'vision'];
    expect(readModels(document)).toEqual([{ id: 'q.gguf', name: 'q.gguf', context_length: 8192, capabilities }]);
  });

  it('come as an object or as a bare list, and each id once', () => {
    expect(readModels([{ id: 'a' }, { id: 'a' }, { id: 'b' }])?.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(readModels({ models: [{ id: 'a' }] })).toHaveLength(1);
    expect(readModels({ data: [] })).toEqual([]);
  });

  it.each([{ hello: 1 }, 'text', null, { data: 'x' }, { data: [{ title: 'no model' }] }, [1, 2]])(
    '%j is none',
    (value) => {
      expect(readModels(value)).toBeUndefined();
    },
  );
});
