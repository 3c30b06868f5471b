import type { ModelRequest } from '../../engine/ports.ts';
import type { Target } from '../kit/target.ts';
import { type ReasoningPlace, toMessages } from './messages.ts';

/**
 * The body of `POST /chat/completions`, as JSON text, with only what was set. `reasoning`: see `toMessages`.
 * `context_length` has no word here: these servers decide it when they load a model.
 */
export function toChatRequest(target: Target, request: ModelRequest, reasoning?: ReasoningPlace): string {
  const { model_id, messages, tools, response_format } = request;
  return JSON.stringify({
    model: model_id,
    messages: toMessages(messages, reasoning),
    stream: true,
    stream_options: { include_usage: true },
    temperature: request.temperature,
    top_p: request.top_p,
    // OpenAI's reasoning models refuse the old name; most other servers know only the old one.
    [isOpenAI(target) ? 'max_completion_tokens' : 'max_tokens']: request.max_tokens,
    stop: request.stop?.length ? request.stop : undefined,
    seed: request.seed,
    frequency_penalty: request.frequency_penalty,
    presence_penalty: request.presence_penalty,
    reasoning_effort: request.reasoning_effort,
    response_format: response_format && toResponseFormat(response_format),
    // What is said about tools is refused where there are none.
    ...(tools?.length
      ? { tools, tool_choice: request.tool_choice, parallel_tool_calls: request.parallel_tool_calls }
      : {}),
  });
}

function toResponseFormat(format: NonNullable<ModelRequest['response_format']>): object {
  if (format.type === 'json') return { type: 'json_object' };
  const { name, schema, strict } = format;
  return { type: 'json_schema', json_schema: { name, schema, strict } };
}

function isOpenAI(target: Target): boolean {
  return target.origin === 'https://api.openai.com';
}
