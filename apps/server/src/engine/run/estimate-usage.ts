import { type Message, messageText, type Usage } from '@lightchat/protocol';
import type { PromptMessage } from '../ports.ts';

/** English text has about four characters a token (OpenAI's rule of thumb); good enough for a marked estimate. */
const CHARACTERS_PER_TOKEN = 4;

/** Usage for providers that count nothing, marked as `estimated`. */
export function estimateUsage(prompt: readonly PromptMessage[], answer: Pick<Message, 'parts'>): Usage {
  const prompt_tokens = tokens(prompt.reduce((sum, turn) => sum + turn.text.length, 0));
  const reasoning = answer.parts.reduce((sum, part) => sum + (part.type === 'reasoning' ? part.text.length : 0), 0);
  const completion_tokens = tokens(messageText(answer).length + reasoning);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, estimated: true };
}

function tokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
