import { type Attachment, type Message, type MessagePart, messageText } from '@lightchat/protocol';
import type { PromptMessage, PromptPart } from '../ports.ts';

/** What a prompt needs of a message. */
type Said = Pick<Message, 'role' | 'parts'>;

/**
 * The turns a model reads: the system prompt, then the branch from root to the new user message.
 * Answers without visible text (failed before the first token) are left out.
 */
export function buildPrompt(systemPrompt: string | null | undefined, path: readonly Said[]): PromptMessage[] {
  const turns: PromptMessage[] = [];
  if (systemPrompt?.trim()) turns.push({ role: 'system', text: systemPrompt });
  for (const message of path) {
    const text = messageText(message);
    if (message.role === 'user') turns.push(userTurn(text, message.parts));
    else if (text) turns.push({ role: 'assistant', text });
  }
  return turns;
}

function userTurn(text: string, parts: readonly MessagePart[]): PromptMessage {
  if (!parts.some(({ type }) => type === 'file')) return { role: 'user', text };
  return { role: 'user', text, parts: parts.flatMap(toPromptPart) };
}

function toPromptPart(part: MessagePart): PromptPart[] {
  if (part.type === 'text' && part.text) return [{ type: 'text', text: part.text }];
  if (part.type === 'file' && part.media_type.startsWith('image/')) return [{ type: 'image', url: part.url }];
  return [];
}

/** The parts of a user message. */
export function userParts(text: string, attachments: readonly Attachment[] = []): MessagePart[] {
  const files = attachments.map(({ url, filename }): MessagePart => {
    const media_type = url.slice('data:'.length, url.indexOf(';'));
    return { type: 'file', media_type, url, ...(filename === undefined ? {} : { filename }) };
  });
  return [...files, { type: 'text', text }];
}
