import { expect, it } from 'vitest';
import { chooseModel } from './choose-model.ts';

const model = (id: string, capabilities?: string[]) => ({ id, name: id, ...(capabilities ? { capabilities } : {}) });

it('[LC-014] the first model that can chat is chosen', () => {
  expect(chooseModel([model('text-embedding-3-small'), model('whisper-1'), model('gpt-x')])).toBe('gpt-x');
  expect(chooseModel([model('nomic', ['embedding']), model('llama3.2', ['completion'])])).toBe('llama3.2');
  expect(chooseModel([model('both', ['embedding', 'completion'])])).toBe('both');
  expect(chooseModel([model('attsome'), model('x')])).toBe('attsome');
});

it('[LC-014] when none looks like it, the first of all is', () => {
  expect(chooseModel([model('nomic-embed-text'), model('bge-reranker')])).toBe('nomic-embed-text');
  expect(chooseModel([])).toBeUndefined();
});
