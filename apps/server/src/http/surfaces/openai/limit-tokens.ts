import type { CompletionRequest } from '../../../engine/completions.ts';
import type { PromptMessage } from '../../../engine/ports.ts';

/** Bytes of UTF-8 a token, on the careful side: English has more, Chinese as many. */
const BYTES_PER_TOKEN = 3;
/** Around each message, by its template. */
const TOKENS_PER_MESSAGE = 8;
const TOKENS_PER_IMAGE = 1000;

/**
 * The token limit that fits into the model's context beside the prompt. Coding tools ask for 32,000 of any model, and a
 * server refuses what its model cannot hold. undefined: what is left of the context is the limit.
 */
export function fittingLimit(request: CompletionRequest, context_length: number): number | undefined {
  const { max_tokens: asked } = request;
  const enough = context_length / 4;
  // A small limit is meant; whether the prompt leaves room for it is better counted by the model than estimated here.
  if (asked === undefined || asked <= enough) return asked;
  const room = Math.floor(context_length - estimatePrompt(request));
  if (asked <= room) return asked;
  return room >= enough ? room : undefined;
}

function estimatePrompt({ messages, tools }: CompletionRequest): number {
  const toolBytes = tools ? Buffer.byteLength(JSON.stringify(tools)) : 0;
  return messages.reduce((sum, message) => sum + estimate(message), toolBytes / BYTES_PER_TOKEN);
}

function estimate(message: PromptMessage): number {
  let bytes = Buffer.byteLength(message.text);
  let images = 0;
  if (message.role === 'assistant') {
    for (const call of message.tool_calls ?? []) bytes += Buffer.byteLength(call.name + call.arguments);
  } else if (message.role === 'user') {
    images = message.parts?.filter(({ type }) => type === 'image').length ?? 0;
  }
  return TOKENS_PER_MESSAGE + bytes / BYTES_PER_TOKEN + images * TOKENS_PER_IMAGE;
}
