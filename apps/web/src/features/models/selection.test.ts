// @vitest-environment jsdom
import type { ModelInfo, ProviderInfo } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { alternativeTo, chatModels, modelInForce, providerInForce } from './selection.ts';

const provider = (id: string, fields: Partial<ProviderInfo> = {}): ProviderInfo => ({
  id,
  name: id,
  type: 'openai',
  status: 'ready',
  default: false,
  ...fields,
});
const model = (id: string, capabilities?: string[]): ModelInfo => ({
  id,
  name: id,
  ...(capabilities ? { capabilities } : {}),
});

describe('the provider in force', () => {
  const list = [provider('a'), provider('b', { default: true }), provider('c')];

  it('follows the server’s default as long as nothing was picked', () => {
    expect(providerInForce(list, null)?.id).toBe('b');
  });

  it('is the picked one, also when it does not work', () => {
    expect(providerInForce([...list, provider('d', { status: 'unreachable' })], 'd')?.id).toBe('d');
  });

  it('falls back when the picked one was removed from the settings', () => {
    expect(providerInForce(list, 'gone')?.id).toBe('b');
    expect(providerInForce([], 'gone')).toBeUndefined();
  });
});

describe('the model in force', () => {
  const list = [model('one'), model('two'), model('three')];

  it('is the picked one, then the configured one, then the first', () => {
    expect(modelInForce(list, 'three', 'two')).toBe('three');
    expect(modelInForce(list, undefined, 'two')).toBe('two');
    expect(modelInForce(list, undefined, null)).toBe('one');
  });

  it('is never one that is not offered', () => {
    expect(modelInForce(list, 'gone', 'gone too')).toBe('one');
    expect(modelInForce([], 'gone', 'gone too')).toBeUndefined();
  });

  it('is never one that only embeds', () => {
    const offered = chatModels([
      model('embed', ['embedding']),
      model('both', ['embedding', 'completion']),
      model('plain'),
    ]);
    expect(offered.map(({ id }) => id)).toEqual(['both', 'plain']);
  });
});

describe('the alternative', () => {
  it('is a real provider that works rather than the demo', () => {
    const list = [provider('demo', { type: 'demo' }), provider('away', { status: 'unreachable' }), provider('real')];
    expect(alternativeTo(list[1], list)?.id).toBe('real');
    expect(alternativeTo(list[2], list)?.id).toBe('demo');
  });

  it('is none when nothing else works', () => {
    const only = provider('away', { status: 'unreachable' });
    expect(alternativeTo(only, [only])).toBeUndefined();
  });
});
