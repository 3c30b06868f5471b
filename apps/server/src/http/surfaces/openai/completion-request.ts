import type { CompletionRequest } from '../../../engine/completions.ts';
import type { ModelOptions } from '../../../engine/ports.ts';
import type { ChatRequest } from './chat-request-schema.ts';
import { toPromptMessages } from './prompt-messages.ts';

/** What the engine is asked; the model comes from elsewhere. */
export function toCompletionRequest(request: ChatRequest): Omit<CompletionRequest, 'model'> {
  return { messages: toPromptMessages(request.messages), ...toModelOptions(request) };
}

function toModelOptions(request: ChatRequest): ModelOptions {
  const limit = request.max_completion_tokens ?? request.max_tokens;
  const stop = typeof request.stop === 'string' ? [request.stop] : request.stop;
  const hasTools = (request.tools?.length ?? 0) > 0;
  const options: { [Option in keyof ModelOptions]: ModelOptions[Option] | null } = {
    temperature: request.temperature,
    top_p: request.top_p,
    max_tokens: limit === -1 ? null : limit,
    stop: stop?.some((text) => text !== '') ? stop.filter((text) => text !== '') : null,
    seed: request.seed,
    frequency_penalty: request.frequency_penalty,
    presence_penalty: request.presence_penalty,
    reasoning_effort: request.reasoning_effort,
    // Without tools there is nothing to choose, and some servers refuse the question.
    tools: hasTools ? request.tools : null,
    tool_choice: hasTools ? request.tool_choice : null,
    parallel_tool_calls: hasTools ? request.parallel_tool_calls : null,
    response_format: toFormat(request.response_format),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null && value !== undefined));
}

function toFormat(format: ChatRequest['response_format']): ModelOptions['response_format'] | null {
  if (!format || format.type === 'text') return null;
  if (format.type === 'json_object') return { type: 'json' };
  const { name, schema, strict } = format.json_schema;
  if (!schema) return { type: 'json' };
  return { type: 'json-schema', name, schema, ...(typeof strict === 'boolean' ? { strict } : {}) };
}
