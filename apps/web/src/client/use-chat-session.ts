import type { Message } from '@lightchat/protocol';
import { useSyncExternalStore } from 'react';
import type { ChatSession, ChatSnapshot } from './chat-session.ts';

/** Reads a part of a session's snapshot. `select` must answer the same value for the same snapshot. */
export function useChat<T>(session: ChatSession, select: (snapshot: ChatSnapshot) => T): T {
  return useSyncExternalStore(session.subscribe, () => select(session.snapshot()));
}

/** One message, live while it is written. Only its own view is drawn again for each flush. */
export function useMessage(session: ChatSession, id: string): Message | undefined {
  return useSyncExternalStore(session.subscribe, () => session.messageOf(id));
}
