import type { Message } from '@lightchat/protocol';

/** The visible text of a message, as it is copied. */
export function messageText(message: Pick<Message, 'parts'>): string {
  return message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Characters of output so far, thinking included: tells whether a replay has caught up with what is stored. */
export function outputLength(message: Pick<Message, 'parts'>): number {
  let length = 0;
  for (const part of message.parts) {
    if (part.type === 'tool-call') length += part.arguments.length + (part.output?.length ?? 0) + 1;
    else if (part.type === 'text' || part.type === 'reasoning') length += part.text.length;
  }
  return length;
}
