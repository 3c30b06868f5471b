import type { Message } from '@lightchat/protocol';
import { messageText } from '../../client/message-text.ts';

/** Stands in for a message whose view ran into a fault: the words as they came, so that nothing is lost from sight. */
export function PlainMessage({ message }: { message: Message }) {
  return (
    <article aria-label={message.role === 'user' ? 'You' : 'Answer'} className="mt-4">
      <p className="pb-2 text-sm text-subtle">This message could not be drawn, so it is shown as plain text.</p>
      <div className="whitespace-pre-wrap [overflow-wrap:anywhere]">{messageText(message)}</div>
    </article>
  );
}
