import type { ArchivedMessage, ArchivedSession, Conversation, Message } from '@lightchat/protocol';
import type { Owner } from '../../../engine/ports.ts';
import type { SessionsContext } from './context.ts';

/** Adds an exported conversation under new ids. What it says is somebody's word: no run is behind it. */
export function importConversation(
  { conversations, clock, ids }: Pick<SessionsContext, 'conversations' | 'clock' | 'ids'>,
  owner: Owner,
  session: ArchivedSession,
): Promise<Conversation> {
  const now = clock.now();
  const conversation_id = ids.create('conv');
  const newIds = new Map(session.messages.map(({ id }) => [id, ids.create('msg')]));
  const newIdOf = (id: string | null) => (id === null ? null : (newIds.get(id) ?? null));
  const { title, pinned, archived } = session;
  const active_leaf_id = newIdOf(session.active_leaf_id ?? session.messages.at(-1)?.id ?? null);
  const created_at = notAfter(session.created_at, now);
  const updated_at = notAfter(session.updated_at, now);

  function toMessage({ id, parent_id, status, created_at: at, ...message }: ArchivedMessage): Message {
    return {
      ...message,
      id: newIds.get(id) ?? id,
      conversation_id,
      parent_id: newIdOf(parent_id),
      run_id: null,
      status: status === 'running' ? 'interrupted' : status,
      created_at: notAfter(at, now),
    };
  }

  const about = { id: conversation_id, title, pinned, archived, created_at, updated_at, active_leaf_id };
  return conversations.add(owner, about, [session.messages.map(toMessage)]);
}

const FIRST_YEAR = '0001-01-01T00:00:00.000Z';

/**
 * In the one form that times have here, which has four digits for the year; one from the future would stand above
 * everything for ever.
 */
function notAfter(time: string, now: string): string {
  const milliseconds = Math.min(Date.parse(time), Date.parse(now));
  return new Date(Math.max(milliseconds, Date.parse(FIRST_YEAR))).toISOString();
}
