/** Ways through a conversation's tree. Messages stand in the order they were written. */
import type { Message } from '@lightchat/protocol';

type Messages = ReadonlyMap<string, Message>;

/** From the root to `leafId`, inclusive. Empty when the leaf is unknown; a broken or circular chain ends where it breaks. */
export function messagePath(messages: Messages, leafId: string | null): Message[] {
  const path: Message[] = [];
  const seen = new Set<string>();
  for (let id = leafId; id !== null && !seen.has(id); ) {
    const message = messages.get(id);
    if (!message) break;
    seen.add(id);
    path.push(message);
    id = message.parent_id;
  }
  return path.reverse();
}

/** For each message that has others beside it: all of them, oldest first. */
export function siblingsByParent(messages: Messages): ReadonlyMap<string | null, readonly string[]> {
  const siblings = new Map<string | null, string[]>();
  for (const { id, parent_id } of messages.values()) {
    const known = siblings.get(parent_id);
    if (known) known.push(id);
    else siblings.set(parent_id, [id]);
  }
  return siblings;
}

/** The end of the branch that was written last under `id`. */
export function latestLeaf(messages: Messages, id: string): string {
  const children = siblingsByParent(messages);
  const seen = new Set<string>();
  let leaf = id;
  while (!seen.has(leaf)) {
    seen.add(leaf);
    leaf = children.get(leaf)?.at(-1) ?? leaf;
  }
  return leaf;
}
