import type { ModelOptions, ModelRequest } from '../../engine/ports.ts';
import { isObject } from '../kit/json-value.ts';
import { toMessages } from './messages.ts';

export interface RequestDefaults {
  /** Tokens of context to allocate when the request names none; absent: the server's choice. */
  context_length?: number | null | undefined;
  /** What is known of the model: what it cannot do is not asked of it. */
  capabilities?: readonly string[] | undefined;
}

/**
 * The body of `POST /api/chat`, as JSON text, with only what was set. `required` as a tool choice and parallel calls
 * have no word here. Throws INVALID_REQUEST for images that cannot be sent.
 */
export function toChatRequest(request: ModelRequest, { context_length, capabilities }: RequestDefaults = {}): string {
  const { response_format, reasoning_effort } = request;
  const options = {
    num_ctx: request.context_length ?? context_length ?? undefined,
    temperature: request.temperature,
    top_p: request.top_p,
    num_predict: request.max_tokens,
    stop: request.stop?.length ? request.stop : undefined,
    seed: request.seed,
    frequency_penalty: request.frequency_penalty,
    presence_penalty: request.presence_penalty,
  };
  const can = (ability: string) => capabilities === undefined || capabilities.includes(ability);
  return JSON.stringify({
    model: request.model_id,
    messages: toMessages(request.messages, can('vision')),
    stream: true,
    // Otherwise Ollama drops the beginning of a long conversation and answers as if nothing were missing.
    truncate: false,
    options: Object.values(options).some((value) => value !== undefined) ? options : undefined,
    // A model that cannot think refuses the whole request.
    think: reasoning_effort !== undefined && can('thinking') ? THINK[reasoning_effort] : undefined,
    format: response_format?.type === 'json-schema' ? response_format.schema : response_format?.type,
    tools: chosenTools(request),
  });
}

/** Ollama has three levels and `max`. */
const THINK = {
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'max',
} as const satisfies Record<NonNullable<ModelOptions['reasoning_effort']>, string | false>;

/**
 * Only functions are known here; the custom tools that some clients offer beside them are left out. There is no tool
 * choice: a model that must not call gets no tools, one that must call a certain one gets only that.
 */
function chosenTools({ tools, tool_choice }: ModelOptions): ModelOptions['tools'] {
  if (tool_choice === 'none') return undefined;
  const chosen = isObject(tool_choice) && isObject(tool_choice.function) ? tool_choice.function.name : undefined;
  const left = tools?.filter((tool) => isObject(tool.function) && (!chosen || tool.function.name === chosen));
  return left?.length ? left : undefined;
}
