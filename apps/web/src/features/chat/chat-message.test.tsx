// @vitest-environment jsdom
import '../../testing/dom.ts';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { message } from '../../testing/messages.ts';
import { ChatMessage } from './chat-message.tsx';

const failed = {
  error_code: 'PROVIDER_UNREACHABLE',
  message: 'Ollama is not running. Start it.',
  details: {},
} as const;
const article = (name: RegExp | string) => screen.getByRole('article', { name });

describe('[LC-020] ChatMessage', () => {
  it('[LC-015] is an article that says whose words it holds', () => {
    render(<ChatMessage message={message({ role: 'user', text: 'My *words*' })} />);
    render(<ChatMessage message={message({ text: 'Its **words**', model_id: 'llama3.2' })} />);
    expect(article('You').textContent).toContain('My *words*');
    expect(article('Answer by llama3.2').querySelector('strong')?.textContent).toBe('words');
  });

  it('is busy while it is written, and only then', () => {
    const live = message({ status: 'running', text: 'So far' });
    const { rerender } = render(<ChatMessage message={live} activity={{ kind: 'writing' }} />);
    expect(article(/Answer/).getAttribute('aria-busy')).toBe('true');
    rerender(<ChatMessage message={{ ...live, status: 'completed' }} />);
    expect(article(/Answer/).getAttribute('aria-busy')).toBeNull();
  });

  it.each([
    [{ kind: 'sending' }, 'Reaching LightChat…'],
    [{ kind: 'waiting' }, 'Waiting for llama3.2…'],
    [{ kind: 'loading-model' }, 'Loading llama3.2 into memory…'],
    [{ kind: 'retrying', at: Date.now() + 60_000, attempt: 2, error: failed }, /Start it\. · trying again in \d+ s/],
  ] as const)('[LC-016] says what it waits for: %j', (activity, words) => {
    render(<ChatMessage message={message({ status: 'running', model_id: 'llama3.2' })} activity={activity} />);
    expect(screen.getByText(words)).toBeTruthy();
  });

  it('counts the seconds of a long wait', () => {
    const created_at = new Date(Date.now() - 12_000).toISOString();
    render(<ChatMessage message={message({ status: 'running', created_at })} activity={{ kind: 'waiting' }} />);
    expect(screen.getByText(/Waiting for .* · 1\d s/)).toBeTruthy();
  });

  it('says that it is being stopped', () => {
    const live = message({ status: 'running', text: 'So far' });
    render(<ChatMessage message={live} activity={{ kind: 'writing' }} stopping />);
    expect(screen.getByText('Stopping…')).toBeTruthy();
  });

  it('[CA-6] that failed shows the cause with its remedy, what had arrived, and a way on', async () => {
    const onRetry = vi.fn();
    render(<ChatMessage message={message({ status: 'failed', error: failed, text: 'Half an' })} onRetry={onRetry} />);
    expect(screen.getByText('Half an')).toBeTruthy();
    expect(screen.getByText(failed.message)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalledOnce();
  });

  it('[P1] that was interrupted never looks like a finished one', () => {
    render(<ChatMessage message={message({ status: 'interrupted', text: 'Half an' })} onRetry={() => undefined} />);
    expect(screen.getByText(/cut off .* kept/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  });

  it.each([
    [{ status: 'stopped', text: 'Half' }, 'Stopped.'],
    [{ status: 'stopped' }, 'Stopped before anything was written.'],
    [{ finish_reason: 'length', text: 'Half' }, /token limit/],
    [{ finish_reason: 'content_filter', text: 'Half' }, /content rules/],
    [{}, 'The model answered with nothing.'],
  ] as const)('says how it ended when that was not as usual: %j', (fields, words) => {
    render(<ChatMessage message={message(fields)} onRetry={() => undefined} />);
    expect(screen.getByText(words)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('folds what the model thought, and tools with what they were given', async () => {
    const parts = [
      { type: 'reasoning', text: 'Let me see.' },
      { type: 'tool-call', call_id: 'c', name: 'clock', arguments: '{"zone":"UTC"}', state: 'done', output: 'noon' },
      { type: 'text', text: 'It is noon.' },
    ] as const;
    render(<ChatMessage message={message({ parts: [...parts] })} />);
    const thoughts = screen.getByText('Thoughts').closest('details');
    expect(thoughts?.open).toBe(false);
    expect(thoughts?.textContent).toContain('Let me see.');
    expect(screen.getByText('clock').closest('details')?.textContent).toContain('{"zone":"UTC"}');
  });

  it('copies its text as the model wrote it', async () => {
    const user = userEvent.setup();
    render(<ChatMessage message={message({ text: 'Its **words**' })} />);
    await user.click(screen.getByRole('button', { name: 'Copy answer' }));
    expect(await navigator.clipboard.readText()).toBe('Its **words**');
  });

  it('folds a long question, and opens it', async () => {
    const text = Array.from({ length: 40 }, (_, n) => `line ${n}`).join('\n');
    render(<ChatMessage message={message({ role: 'user', text })} />);
    await userEvent.click(screen.getByRole('button', { name: 'Show all', expanded: false }));
    expect(screen.getByRole('button', { name: 'Show less', expanded: true })).toBeTruthy();
    expect(article('You').textContent).toContain('line 39');
  });

  it('shows text that looks like markup as text', () => {
    render(<ChatMessage message={message({ role: 'user', text: '<img src=x onerror=alert(1)>' })} />);
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });
});
