import type { Message } from '@lightchat/protocol';

/** From the root to `leafId`, inclusive. Empty when the leaf is unknown; a broken or circular chain ends where it breaks. */
export function messagePath(messages: ReadonlyMap<string, Message>, leafId: string | null): Message[] {
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
