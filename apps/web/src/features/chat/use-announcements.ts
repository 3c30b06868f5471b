import { useEffect, useRef } from 'react';
import { announce } from '../../app/notices.ts';
import type { ChatSession } from '../../client/chat-session.ts';
import { messageText } from '../../client/message-text.ts';
import { useChat } from '../../client/use-chat-session.ts';

/** Often enough to know that it goes on, seldom enough to be left alone. */
const STILL_MS = 8000;

/** Tells screen readers what an answer is doing. The text itself is read when its reader goes there. */
export function useAnnouncements(session: ChatSession): void {
  const idle = useChat(session, (chat) => chat.state === 'idle');
  const connected = useChat(session, (chat) => chat.connected);
  const wasIdle = useRef(true);

  useEffect(() => {
    const began = wasIdle.current && !idle;
    const ended = !wasIdle.current && idle;
    wasIdle.current = idle;
    if (ended) announce(endOf(session));
    if (idle) return;
    if (began) announce('Generating…');
    const timer = setInterval(() => announce('Still generating'), STILL_MS);
    return () => clearInterval(timer);
  }, [idle, session]);

  const wasConnected = useRef(true);
  useEffect(() => {
    if (connected !== wasConnected.current) announce(connected ? 'Connected again' : 'Connection lost, reconnecting');
    wasConnected.current = connected;
  }, [connected]);
}

function endOf(session: ChatSession): string {
  const { rows, problem } = session.snapshot();
  if (problem) return `Not sent. ${problem.message}`;
  const message = session.messageOf(rows.at(-1)?.id ?? '');
  if (!message || message.role === 'user') return '';
  if (message.status === 'stopped') return 'Stopped';
  if (message.status === 'failed') return `The answer failed. ${message.error?.message ?? ''}`;
  if (message.status === 'interrupted') return `The answer was interrupted. ${message.error?.message ?? ''}`;
  const words = messageText(message).split(/\s+/).filter(Boolean).length;
  return `Response complete, ${words} ${words === 1 ? 'word' : 'words'}`;
}
