// @vitest-environment jsdom
import '../../testing/dom.ts';
import type { ModelInfo, ProviderInfo } from '@lightchat/protocol';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ModelSelector } from './model-selector.tsx';
import { ProviderSelector } from './provider-selector.tsx';

const providers: ProviderInfo[] = [
  {
    id: 'ollama',
    name: 'Ollama here',
    type: 'ollama',
    status: 'unreachable',
    default: false,
    problem: 'Start Ollama.',
  },
  { id: 'openai', name: 'OpenAI', type: 'openai', status: 'unauthorized', default: false, problem: 'Check the key.' },
  { id: 'demo', name: 'Demo', type: 'demo', status: 'ready', default: true },
];
const models: ModelInfo[] = [
  { id: 'a:1b', name: 'a:1b' },
  { id: 'b:7b', name: 'b:7b' },
];
const provider = () => screen.getByRole('combobox', { name: 'Provider' });
const model = () => screen.getByRole('combobox', { name: 'Model' });
const nothing = () => undefined;

describe('[LC-020] ProviderSelector', () => {
  it('[LC-014] is busy and cannot be used while the providers are loading', () => {
    render(<ProviderSelector providers={undefined} failed={false} value={undefined} onChoose={nothing} />);
    expect(provider()).toHaveProperty('disabled', true);
    expect(provider().getAttribute('aria-busy')).toBe('true');
    expect(provider().textContent).toBe('Loading…');
  });

  it('[LC-014] says that there is nothing to choose from when loading failed, and is not busy', () => {
    render(<ProviderSelector providers={undefined} failed value={undefined} onChoose={nothing} />);
    expect(provider().textContent).toBe('Not available');
    expect(provider().getAttribute('aria-busy')).toBeNull();
    expect(provider().getAttribute('aria-invalid')).toBe('true');
  });

  it('lists every provider with its state, and shows the one in force', () => {
    render(<ProviderSelector providers={providers} failed={false} value="demo" onChoose={nothing} />);
    const names = screen.getAllByRole('option').map((option) => option.textContent);
    expect(names).toEqual(['Ollama here · not reachable', 'OpenAI · needs a key', 'Demo']);
    expect(provider()).toHaveProperty('value', 'demo');
    expect(provider().getAttribute('aria-invalid')).toBeNull();
  });

  it('lets one choose a provider that is away, and says that it is', async () => {
    const onChoose = vi.fn();
    const { rerender } = render(
      <ProviderSelector providers={providers} failed={false} value="demo" onChoose={onChoose} />,
    );
    await userEvent.selectOptions(provider(), 'ollama');
    expect(onChoose).toHaveBeenCalledExactlyOnceWith('ollama');
    rerender(
      <ProviderSelector providers={providers} failed={false} value="ollama" problemId="why" onChoose={onChoose} />,
    );
    expect(provider().getAttribute('aria-invalid')).toBe('true');
    expect(provider().getAttribute('aria-describedby')).toBe('why');
  });

  it('says when no provider is set up', () => {
    render(<ProviderSelector providers={[]} failed={false} value={undefined} onChoose={nothing} />);
    expect(provider().textContent).toBe('None set up');
  });
});

describe('ModelSelector', () => {
  it.each([
    ['loading', 'Loading…', 'true'],
    ['failed', 'Not available', null],
    ['ready', 'None yet', null],
  ] as const)('[LC-014] without models and %s says “%s”', (state, words, busy) => {
    render(<ModelSelector state={state} models={[]} value={undefined} onChoose={nothing} />);
    expect(model()).toHaveProperty('disabled', true);
    expect(model().textContent).toBe(words);
    expect(model().getAttribute('aria-busy')).toBe(busy);
  });

  it('lists the models and reports a choice', async () => {
    const onChoose = vi.fn();
    render(<ModelSelector state="ready" models={models} value="a:1b" onChoose={onChoose} />);
    expect(model()).toHaveProperty('value', 'a:1b');
    await userEvent.selectOptions(model(), 'b:7b');
    expect(onChoose).toHaveBeenCalledExactlyOnceWith('b:7b');
  });
});
