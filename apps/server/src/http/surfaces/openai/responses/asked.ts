/** What the engine is asked for a request body. */
import type { ModelOptions, PromptMessage } from '../../../../engine/ports.ts';
import { invalidRequest } from '../read-request.ts';
import { toMessages } from './input-items.ts';
import type { InputItem, ResponsesBody } from './request-body.ts';
import { type ToolOrigin, toTools } from './tools.ts';

const EFFORTS: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** Fields that ask for something kept on the server. */
const STATEFUL: { field: 'previous_response_id' | 'conversation' | 'prompt'; instead: string }[] = [
  { field: 'previous_response_id', instead: 'Send the whole conversation as input.' },
  { field: 'conversation', instead: 'Send the whole conversation as input.' },
  { field: 'prompt', instead: 'Send the prompt itself as instructions and input.' },
];

export interface Asked {
  /** All but the model. */
  request: ModelOptions & { messages: PromptMessage[] };
  origins: ReadonlyMap<string, ToolOrigin>;
}

/**
 * `recall` gives what references refer to. Throws INVALID_REQUEST for what cannot be served and would change the answer
 * if it were left out.
 */
export function toAsked(body: ResponsesBody, recall: (items: InputItem[]) => InputItem[]): Asked {
  for (const { field, instead } of STATEFUL) {
    const isAsked = body[field] !== undefined && body[field] !== null;
    if (isAsked) throw invalidRequest(field, `"${field}" is not supported: responses are not kept here. ${instead}`);
  }
  if (body.background === true) {
    throw invalidRequest(
      'background',
      '"background" is not supported: responses are not kept here. Use "stream" instead.',
    );
  }
  const messages = toMessages(body.instructions, recall(body.input));
  if (messages.length === 0) throw invalidRequest('input', 'The input is empty: send text, or a list of items.');
  const { options, origins } = toTools(body);
  return { request: { messages, ...options, ...toOptions(body) }, origins };
}

function toOptions(body: ResponsesBody): ModelOptions {
  const { temperature, top_p, max_output_tokens: max_tokens } = body;
  const options: ModelOptions = {};
  if (typeof temperature === 'number') options.temperature = temperature;
  if (typeof top_p === 'number') options.top_p = top_p;
  if (typeof max_tokens === 'number') options.max_tokens = max_tokens;
  const effort = body.reasoning?.effort;
  if (effort && EFFORTS.has(effort)) options.reasoning_effort = effort as NonNullable<ModelOptions['reasoning_effort']>;
  const format = body.text?.format;
  if (format?.type === 'json_object') options.response_format = { type: 'json' };
  else if (format?.type === 'json_schema') {
    const { name, schema, strict } = format;
    options.response_format = { type: 'json-schema', name, schema, ...(typeof strict === 'boolean' ? { strict } : {}) };
  }
  return options;
}
