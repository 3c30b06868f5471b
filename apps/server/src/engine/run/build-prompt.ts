import { type Message, messageText } from '@lightchat/protocol';
import type { PromptMessage } from '../ports.ts';

/**
 * The turns a model reads: the system prompt, then the branch from root to the new user message.
 * Answers without visible text (failed before the first token) are left out.
 */
export function buildPrompt(systemPrompt: string | null | undefined, path: readonly Message[]): PromptMessage[] {
  const turns: PromptMessage[] = [];
  if (systemPrompt?.trim()) turns.push({ role: 'system', text: systemPrompt });
  for (const message of path) {
    const text = messageText(message);
    if (message.role === 'user' || text) turns.push({ role: message.role, text });
  }
  return turns;
}
