/** Addresses by hand: `/` is a new conversation, `/c/<id>` an existing one. Anything else is shown as a new one. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/** Null for a new conversation. */
export function conversationIdIn(path: string): string | null {
  const match = /^\/c\/([^/]+)\/?$/.exec(path);
  if (!match?.[1]) return null;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return null;
  }
}

export function pathOf(conversationId: string | null): string {
  return conversationId === null ? '/' : `/c/${encodeURIComponent(conversationId)}`;
}

export function useConversationId(): string | null {
  return useSyncExternalStore(subscribe, () => conversationIdIn(window.location.pathname));
}

export function navigate(path: string, { replace = false } = {}): void {
  if (path !== window.location.pathname) window.history[replace ? 'replaceState' : 'pushState'](null, '', path);
  for (const listener of listeners) listener();
}

/** For links: follows them inside the page, and leaves "open in a new tab" and the like to the browser. */
export function followLink(event: React.MouseEvent<HTMLAnchorElement>): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(new URL(event.currentTarget.href).pathname);
}
