import { useEffect } from 'react';
import type { ChatSession } from '../client/chat-session.ts';
import { useLayers } from './layers.ts';
import { focusComposer, startNewChat } from './new-chat.ts';

/** What the help dialog lists and `useShortcuts` does. */
export const SHORTCUTS: readonly { keys: string; does: string }[] = [
  { keys: 'Enter', does: 'Send' },
  { keys: 'Shift Enter', does: 'New line' },
  { keys: 'Esc', does: 'Close what is open, then stop the answer' },
  { keys: 'Ctrl Shift O', does: 'New chat' },
  { keys: 'Ctrl K', does: 'Go to the conversations' },
  { keys: '/', does: 'Go to the text field' },
  { keys: 'Ctrl /', does: 'This list' },
];

/** Keys that work everywhere on the page. On a Mac, Command stands for Control. */
export function useShortcuts(session: ChatSession): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented || event.altKey) return;
      const run = commandFor(event, session);
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [session]);
}

function commandFor(event: KeyboardEvent, session: ChatSession): (() => void) | undefined {
  const { open, show } = useLayers.getState();
  const control = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (control && key === '/') return () => show('help');
  // A layer or picker that is open has the keyboard, and closes by Escape itself.
  if (open !== null || isPicking(event.target)) return undefined;
  if (control && event.shiftKey && key === 'o') return startNewChat;
  if (control && !event.shiftKey && key === 'k') return focusConversations;
  if (control) return undefined;
  if (key === 'escape' && session.snapshot().state !== 'idle') {
    return () => {
      session.stop();
      focusComposer();
    };
  }
  if (key === '/' && !isTyping(event.target)) return focusComposer;
  return undefined;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA)$/.test(target.tagName));
}

/** In an open menu or picker; a browser that cannot tell draws pickers outside the page, with their own keyboard. */
function isPicking(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const picker = CSS.supports('selector(:open)') ? '[role="menu"], select:open' : '[role="menu"]';
  return target.closest(picker) !== null;
}

function focusConversations(): void {
  const list = document.querySelector<HTMLElement>('nav[aria-label="Conversations"]');
  const target = list?.querySelector<HTMLElement>('a[aria-current]') ?? list?.querySelector('a');
  if (target) target.focus();
  else if (!list) useLayers.getState().show('sidebar');
}
