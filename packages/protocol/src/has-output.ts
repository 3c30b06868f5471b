import type { Message } from './message.ts';

/** Whether there is anything of the model's own in a message. */
export function hasOutput({ parts }: Pick<Message, 'parts'>): boolean {
  return parts.some(({ type }) => type !== 'fallback');
}
