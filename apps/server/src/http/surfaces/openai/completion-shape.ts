/** What chunks and whole completions have in common, as OpenAI spells it. */
import type { Usage } from '@lightchat/protocol';
import type { PromptToolCall } from '../../../engine/ports.ts';
import type { CompletionEnd } from '../../../engine/run/complete.ts';
import { type LetterCase, NAMES } from './letter-case.ts';

/** Of one answer, the same from its first chunk to its last. */
export interface AnswerHead {
  id: string;
  /** Unix time in seconds. */
  created: number;
  model: string;
}

export function toUsage(usage: Usage | null): object {
  return {
    prompt_tokens: usage?.prompt_tokens ?? 0,
    completion_tokens: usage?.completion_tokens ?? 0,
    total_tokens: usage?.total_tokens ?? 0,
    prompt_tokens_details: { cached_tokens: usage?.cached_tokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage?.reasoning_tokens ?? 0 },
  };
}

export function toToolCall(call: PromptToolCall, letters: LetterCase): object {
  const { call_id, name, arguments: text, provider_data } = call;
  return {
    id: call_id,
    type: 'function',
    function: { name, arguments: text },
    ...(provider_data ? { [NAMES[letters].extra_content]: provider_data } : {}),
  };
}

/** `tool_calls` exactly when the caller has something to call. */
export function toFinishReason({ finish_reason }: CompletionEnd, calls: number): string {
  if (calls > 0 && finish_reason === 'stop') return 'tool_calls';
  return calls === 0 && finish_reason === 'tool_calls' ? 'stop' : finish_reason;
}
