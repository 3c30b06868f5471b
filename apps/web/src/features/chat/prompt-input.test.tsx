// @vitest-environment jsdom
import '../../testing/dom.ts';
import { act, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readDraft, writeDraft } from '../../app/drafts.ts';
import { PromptInput } from './prompt-input.tsx';

const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
const send = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Send' });
const idle = { conversationId: 'conv_1', busy: false, stopping: false, suggestion: null, onStop: () => undefined };
const stored = () => Promise.resolve(true);

beforeEach(() => {
  for (const id of ['conv_1', 'conv_2', null]) writeDraft(id, '');
});

describe('[LC-020] PromptInput', () => {
  it('[LC-015] sends with Enter what was typed, and is empty again', async () => {
    const onSend = vi.fn(stored);
    render(<PromptInput {...idle} onSend={onSend} />);
    await userEvent.type(field(), 'Hello{Enter}');
    expect(onSend).toHaveBeenCalledExactlyOnceWith('Hello');
    expect(field().value).toBe('');
  });

  it('starts a new line with Shift and Enter', async () => {
    const onSend = vi.fn(stored);
    render(<PromptInput {...idle} onSend={onSend} />);
    await userEvent.type(field(), 'One{Shift>}{Enter}{/Shift}Two');
    expect(field().value).toBe('One\nTwo');
    expect(onSend).not.toHaveBeenCalled();
  });

  it('leaves Enter to the input method while it composes', () => {
    const onSend = vi.fn(stored);
    render(<PromptInput {...idle} onSend={onSend} />);
    fireEvent.input(field(), { target: { value: 'にほん' } });
    fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
    fireEvent.keyDown(field(), { key: 'Enter', keyCode: 229 });
    expect(onSend).not.toHaveBeenCalled();
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(onSend).toHaveBeenCalledOnce();
  });

  it('does not send blanks', async () => {
    const onSend = vi.fn(stored);
    render(<PromptInput {...idle} onSend={onSend} />);
    expect(send().disabled).toBe(true);
    await userEvent.type(field(), '  {Enter}');
    expect(send().disabled).toBe(true);
    expect(onSend).not.toHaveBeenCalled();
  });

  it('[CP-5] offers Stop instead of Send while an answer is made, keeps what is typed, and keeps the focus', async () => {
    const onSend = vi.fn(stored);
    const onStop = vi.fn();
    render(<PromptInput {...idle} busy onSend={onSend} onStop={onStop} />);
    expect(screen.queryByRole('button', { name: 'Send' })).toBeNull();
    await userEvent.type(field(), 'Next{Enter}');
    expect(onSend).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(onStop).toHaveBeenCalledOnce();
    expect(document.activeElement).toBe(field());
    expect(field().value).toBe('Next');
  });

  it('cannot be told twice to stop', () => {
    render(<PromptInput {...idle} busy stopping onSend={stored} />);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Stop' }).disabled).toBe(true);
  });

  it('keeps a draft for each conversation', async () => {
    const { rerender } = render(<PromptInput key="1" {...idle} onSend={stored} />);
    await userEvent.type(field(), 'For one');
    rerender(<PromptInput key="2" {...idle} conversationId="conv_2" onSend={stored} />);
    expect(field().value).toBe('');
    rerender(<PromptInput key="1b" {...idle} onSend={stored} />);
    expect(field().value).toBe('For one');
    expect(send().disabled).toBe(false);
  });

  it('keeps the text as a draft until it is stored, with what was typed meanwhile', async () => {
    const answer = Promise.withResolvers<boolean>();
    render(<PromptInput {...idle} onSend={() => answer.promise} />);
    await userEvent.type(field(), 'Hello{Enter}');
    expect(readDraft('conv_1')).toBe('Hello');
    await userEvent.type(field(), 'Next');
    expect(readDraft('conv_1')).toBe('Hello\n\nNext');
    await act(async () => answer.resolve(true));
    expect(readDraft('conv_1')).toBe('Next');
    expect(field().value).toBe('Next');
  });

  it('moves what was typed meanwhile along when a new conversation gets its id', async () => {
    const answer = Promise.withResolvers<boolean>();
    const { rerender } = render(<PromptInput {...idle} conversationId={null} onSend={() => answer.promise} />);
    await userEvent.type(field(), 'Hello{Enter}');
    await userEvent.type(field(), 'Next');
    rerender(<PromptInput {...idle} conversationId="conv_1" onSend={() => answer.promise} />);
    await act(async () => answer.resolve(true));
    expect(readDraft(null)).toBe('');
    expect(readDraft('conv_1')).toBe('Next');
  });

  it('gives the text back when it was not stored', async () => {
    render(<PromptInput {...idle} onSend={() => Promise.resolve(false)} />);
    await userEvent.type(field(), 'Hello{Enter}');
    expect(field().value).toBe('Hello');
    expect(document.activeElement).toBe(field());
  });

  it('takes a suggestion and leaves sending it to its reader', () => {
    const onSend = vi.fn(stored);
    const { rerender } = render(<PromptInput {...idle} onSend={onSend} />);
    rerender(<PromptInput {...idle} onSend={onSend} suggestion={{ text: 'Explain this' }} />);
    expect(field().value).toBe('Explain this');
    expect(document.activeElement).toBe(field());
    expect(onSend).not.toHaveBeenCalled();
  });
});
