/** What the triggers of migration 003 call: the terms under which a title or a message is found. */
import type { DatabaseSync } from 'node:sqlite';
import { type MessagePart, messageText } from '@lightchat/protocol';
import { termsOf } from './words.ts';

/** To be called on every connection that writes. */
export function defineIndexFunctions(database: DatabaseSync): void {
  const options = { deterministic: true, directOnly: false };
  database.function('title_terms', options, (title) => termsOf(String(title)));
  database.function('message_terms', options, (parts) => termsOf(searchableText(String(parts))));
}

/** The visible text of stored parts: reasoning and attachments are not searched. */
export function searchableText(parts: string): string {
  return messageText({ parts: JSON.parse(parts) as MessagePart[] });
}
