// @vitest-environment jsdom
import '../testing/dom.ts';
import { fireEvent, render } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatSession } from '../client/chat-session.ts';
import { COMPOSER_ID } from '../features/chat/prompt-input.tsx';
import { useLayers } from './layers.ts';
import { navigate } from './route.ts';
import { useShortcuts } from './use-shortcuts.ts';

let session: ChatSession;

function Page() {
  useShortcuts(session);
  return (
    <>
      <nav aria-label="Conversations">
        <a href="/c/one">One</a>
        <a href="/c/two" aria-current="page">
          Two
        </a>
      </nav>
      <div role="menu" tabIndex={-1} />
      <textarea id={COMPOSER_ID} />
    </>
  );
}

beforeEach(() => {
  useLayers.setState({ open: null });
  session = new ChatSession(null, { onConversation: () => undefined, onListChanged: () => undefined });
  render(<Page />);
});

const press = (key: string, options: KeyboardEventInit = {}, target: Element = document.body) =>
  fireEvent.keyDown(target, { key, ...options });
const busy = () => vi.spyOn(session, 'snapshot').mockReturnValue({ ...session.snapshot(), state: 'streaming' });
const field = () => document.getElementById(COMPOSER_ID);

describe('[CP-5] keys', () => {
  it('Escape stops the answer that is being made, and puts the focus into the field', () => {
    const stop = vi.spyOn(session, 'stop').mockReturnValue();
    press('Escape');
    expect(stop).not.toHaveBeenCalled();
    busy();
    press('Escape');
    expect(stop).toHaveBeenCalledOnce();
    expect(document.activeElement).toBe(field());
  });

  it('Escape closes what is open before it stops anything', () => {
    const stop = vi.spyOn(session, 'stop').mockReturnValue();
    busy();
    useLayers.setState({ open: 'logs' });
    press('Escape');
    useLayers.setState({ open: null });
    press('Escape', {}, document.querySelector('[role=menu]') ?? document.body);
    const handled = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
    handled.preventDefault();
    document.body.dispatchEvent(handled);
    expect(stop).not.toHaveBeenCalled();
  });

  it('Escape that ends a composition stops nothing', () => {
    const stop = vi.spyOn(session, 'stop').mockReturnValue();
    busy();
    press('Escape', { isComposing: true });
    expect(stop).not.toHaveBeenCalled();
  });

  it('a slash goes to the field, except where it is typed', () => {
    const input = document.createElement('input');
    document.body.append(input);
    input.focus();
    press('/', {}, input);
    expect(document.activeElement).toBe(input);
    input.remove();
    press('/');
    expect(document.activeElement).toBe(field());
  });

  it('Ctrl K goes to the open conversation in the list, Ctrl Shift O to a new one, Ctrl / to the help', () => {
    navigate('/c/two');
    press('k', { ctrlKey: true });
    expect(document.activeElement?.textContent).toBe('Two');
    press('O', { metaKey: true, shiftKey: true });
    expect(window.location.pathname).toBe('/');
    press('/', { ctrlKey: true });
    expect(useLayers.getState().open).toBe('help');
  });
});
