import { hasOutput, type Message, messageText, type Usage } from '@lightchat/protocol';
import type { PromptMessage } from '../ports.ts';

/** English text has about four characters a token (OpenAI's rule of thumb); good enough for a marked estimate. */
const CHARACTERS_PER_TOKEN = 4;
/**
 * Text that tokenizes best (long runs of one character, indented code) stays below this many characters a token.
 * Who counts fewer tokens than that has not read everything.
 */
const MOST_CHARACTERS_PER_TOKEN = 12;
/** Below this a count says nothing: templates, caches and roundings weigh as much as the text. */
const LEAST_CHARACTERS = 4000;

/** The provider's own count, checked against what was sent; an estimate, marked as such, when it counted nothing. */
export function countUsage(
  counted: Usage | null,
  prompt: readonly PromptMessage[],
  answer: Pick<Message, 'parts'>,
): Usage | null {
  if (!counted) return hasOutput(answer) ? estimateUsage(prompt, answer) : null;
  const sent = promptLength(prompt);
  const isCut =
    sent > LEAST_CHARACTERS && counted.prompt_tokens > 0 && sent / counted.prompt_tokens > MOST_CHARACTERS_PER_TOKEN;
  return isCut ? { ...counted, prompt_truncated: true } : counted;
}

function estimateUsage(prompt: readonly PromptMessage[], answer: Pick<Message, 'parts'>): Usage {
  const prompt_tokens = tokens(promptLength(prompt));
  const reasoning = answer.parts.reduce((sum, part) => sum + (part.type === 'reasoning' ? part.text.length : 0), 0);
  const completion_tokens = tokens(messageText(answer).length + reasoning);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, estimated: true };
}

function promptLength(prompt: readonly PromptMessage[]): number {
  return prompt.reduce((sum, turn) => sum + turn.text.length, 0);
}

function tokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
