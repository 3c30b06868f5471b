import { AppError, type Conversation, type Message } from '@lightchat/protocol';
import type { Owner } from '../../../engine/ports.ts';
import type { SessionsContext } from './context.ts';

const TITLE_CHARACTERS = 200;
const SUFFIX = ' (fork)';

type ForkContext = Pick<SessionsContext, 'conversations' | 'clock' | 'ids'>;

/** A new conversation with a copy of one branch, up to a message. Rejects with NOT_FOUND, or CONFLICT while it is being written. */
export async function forkConversation(
  { conversations, clock, ids }: ForkContext,
  owner: Owner,
  id: string,
  messageId: string | undefined,
): Promise<Conversation> {
  const { title } = await conversations.get(owner, id);
  const { items } = await conversations.branch(owner, id, { leaf: messageId, limit: 1 });
  const [end] = items;
  if (end?.status === 'running') {
    throw new AppError('CONFLICT', 'This answer is still being written. Wait for its end, or fork at an earlier one.');
  }
  const now = clock.now();
  const conversation_id = ids.create('conv');
  const newIds = new Map<string, string>();
  const active_leaf_id = end ? newIdOf(end.id) : null;
  const about = { id: conversation_id, title: forkTitle(title), pinned: false, archived: false };

  function newIdOf(old: string): string {
    const known = newIds.get(old) ?? ids.create('msg');
    newIds.set(old, known);
    return known;
  }

  function copy(message: Message): Message {
    const parent_id = message.parent_id === null ? null : newIdOf(message.parent_id);
    // Its run stays with the original, and goes on there if it does.
    const status = message.status === 'running' ? 'interrupted' : message.status;
    return { ...message, id: newIdOf(message.id), conversation_id, parent_id, run_id: null, status };
  }

  async function* copies(leaf: string): AsyncGenerator<Message[]> {
    for await (const page of conversations.pages(owner, id, leaf)) yield page.map(copy);
  }

  const added = { ...about, created_at: now, updated_at: now, active_leaf_id };
  return conversations.add(owner, added, end ? copies(end.id) : []);
}

function forkTitle(title: string): string {
  const base = title.endsWith(SUFFIX) ? title.slice(0, -SUFFIX.length) : title;
  return `${[...base].slice(0, TITLE_CHARACTERS - SUFFIX.length).join('')}${SUFFIX}`;
}
