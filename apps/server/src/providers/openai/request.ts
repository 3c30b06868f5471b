import type { ModelRequest } from '../../engine/ports.ts';
import type { Target } from '../kit/target.ts';

/** The body of `POST /chat/completions`, as JSON text. */
export function toChatRequest(target: Target, request: ModelRequest): string {
  const body: Record<string, unknown> = {
    model: request.model_id,
    messages: request.messages.map(({ role, text }) => ({ role, content: text })),
    stream: true,
    stream_options: { include_usage: true },
  };
  if (request.temperature !== undefined) body.temperature = request.temperature;
  if (request.top_p !== undefined) body.top_p = request.top_p;
  // OpenAI's reasoning models refuse the old name; most other servers know only the old one.
  if (request.max_tokens !== undefined)
    body[isOpenAI(target) ? 'max_completion_tokens' : 'max_tokens'] = request.max_tokens;
  if (request.tools && request.tools.length > 0) body.tools = request.tools;
  return JSON.stringify(body);
}

function isOpenAI(target: Target): boolean {
  return target.origin === 'https://api.openai.com';
}
