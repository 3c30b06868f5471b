import { type MessagePart, messageText } from '@lightchat/protocol';

/** The visible text of a message's stored parts: reasoning and attachments are not searched. */
export function searchableText(parts: string): string {
  return messageText({ parts: JSON.parse(parts) as MessagePart[] });
}
