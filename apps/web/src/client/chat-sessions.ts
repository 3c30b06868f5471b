/** All conversations this page has open: components that name the same one share one session and its connection. */
import type { Change } from '@lightchat/protocol';
import { ChatSession } from './chat-session.ts';
import { queryClient, queryKeys } from './query-client.ts';

/** Sessions that are kept for going back quickly; older ones are loaded again. */
const KEPT = 20;
/** A hidden page gives up its streams after this, since a browser allows six connections to a server over all tabs. */
const HIDDEN_REST_MS = 60_000;

const sessions = new Map<string, ChatSession>();
let unsaved: ChatSession | undefined;

const events = {
  onConversation: (session: ChatSession, id: string) => void sessions.set(id, session),
  onListChanged: () => void queryClient.invalidateQueries({ queryKey: queryKeys.conversations }),
};

/** The session of a conversation; null: of the one that begins with the first message. */
export function chatSessionFor(id: string | null): ChatSession {
  if (id === null) return newSession();
  const known = sessions.get(id);
  if (known === unsaved) unsaved = undefined;
  if (known) return known;
  forgetOldest();
  const session = new ChatSession(id, events);
  sessions.set(id, session);
  return session;
}

/** Stays the same from the first message until it is asked for by its id, so that nothing on screen is made anew. */
function newSession(): ChatSession {
  if (!unsaved || (unsaved.snapshot().conversationId !== null && !unsaved.isWatched)) {
    unsaved = new ChatSession(null, events);
  }
  return unsaved;
}

function forgetOldest(): void {
  for (const [id, session] of sessions) {
    if (sessions.size < KEPT) return;
    if (session.isWatched || !session.isIdle) continue;
    session.rest();
    sessions.delete(id);
  }
}

/** A conversation changed elsewhere, or here through the list. */
export function onConversationChange(change: Change): void {
  if (!('conversation_id' in change)) return;
  const session = sessions.get(change.conversation_id);
  if (session?.isWatched) session.refresh();
}

/** Changes may have been missed: whatever is on screen asks again. */
export function refreshWatchedSessions(): void {
  for (const session of sessions.values()) if (session.isWatched) session.refresh();
}

/** Lets sessions rest while the page is hidden for long, and wakes the watched ones when it is seen again. */
export function followVisibility(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onChange = () => {
    clearTimeout(timer);
    const all = [...sessions.values()];
    if (document.visibilityState === 'hidden') {
      timer = setTimeout(() => {
        for (const session of all) session.rest();
      }, HIDDEN_REST_MS);
    } else {
      for (const session of all) if (session.isWatched) session.wake();
    }
  };
  document.addEventListener('visibilitychange', onChange);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onChange);
  };
}
