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
    ['nonsense', { id: 'q', context_length: 'big', meta: null, capabilities: 5 }, { id: 'q', name: 'q' }],
  ])('of %s', (_, entry, model) => {
    expect(readModels({ object: 'list', data: [entry] })).toEqual([model]);
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
