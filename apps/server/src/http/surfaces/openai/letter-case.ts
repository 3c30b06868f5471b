import { hasMoreThan } from '@lightchat/protocol/json-depth';
import { MOST_VALUES } from './read-request.ts';

/**
 * The two spellings of the same fields: OpenAI's `top_p`, and the `topP` of clients written for camelCase. Who asks in
 * one is answered in it.
 */
export type LetterCase = 'snake' | 'camel';

/** A body with its fields as OpenAI spells them, and how they were spelt. */
export interface Spelt {
  body: unknown;
  letters: LetterCase;
}

/** The names in answers that have two spellings and stand beside a caller's or a model's own data. */
export const NAMES = {
  snake: {
    finish_reason: 'finish_reason',
    tool_calls: 'tool_calls',
    reasoning_content: 'reasoning_content',
    extra_content: 'extra_content',
  },
  camel: {
    finish_reason: 'finishReason',
    tool_calls: 'toolCalls',
    reasoning_content: 'reasoningContent',
    extra_content: 'extraContent',
  },
} as const satisfies Record<LetterCase, object>;

const REQUEST_FIELDS = [
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'stream_options',
  'frequency_penalty',
  'presence_penalty',
  'reasoning_effort',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'encoding_format',
];
const INNER_FIELDS = [
  'include_usage',
  'json_schema',
  'tool_calls',
  'tool_call_id',
  'image_url',
  'reasoning_content',
  'extra_content',
];

const requestNames = new Map(REQUEST_FIELDS.map((name) => [toCamel(name), name]));
const innerNames = new Map(INNER_FIELDS.map((name) => [toCamel(name), name]));

/** `header`: that of `x-lightchat-case`, which asks for camelCase answers to a body that shows no preference. */
export function readLetterCase(body: unknown, header: unknown): Spelt {
  const asked: LetterCase = typeof header === 'string' && header.trim().toLowerCase() === 'camel' ? 'camel' : 'snake';
  // What holds too much is refused by whoever reads it next, and spelling it anew would take seconds.
  if (!isPlain(body) || hasMoreThan(body, MOST_VALUES)) return { body, letters: asked };
  const isCamel = Object.keys(body).some((name) => requestNames.has(name));
  if (!isCamel && asked === 'snake') return { body, letters: 'snake' };
  const outer = renamed(body, requestNames);
  const { messages, stream_options, response_format } = outer;
  return {
    letters: 'camel',
    body: {
      ...outer,
      ...(Array.isArray(messages) ? { messages: messages.map(readMessage) } : {}),
      ...(isPlain(stream_options) ? { stream_options: renamed(stream_options, innerNames) } : {}),
      ...(isPlain(response_format) ? { response_format: renamed(response_format, innerNames) } : {}),
    },
  };
}

/** Plain data as this client spells it. Keys that are a caller's own data must not be in it. */
export function spell<T>(value: T, letters: LetterCase): T;
export function spell(value: unknown, letters: LetterCase): unknown {
  if (letters === 'snake') return value;
  if (Array.isArray(value)) return value.map((item) => spell(item, letters));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [toCamel(name), spell(inner, letters)]));
}

function readMessage(message: unknown): unknown {
  if (!isPlain(message)) return message;
  const outer = renamed(message, innerNames);
  const rename = (part: unknown) => (isPlain(part) ? renamed(part, innerNames) : part);
  for (const list of ['content', 'tool_calls']) {
    if (Array.isArray(outer[list])) outer[list] = outer[list].map(rename);
  }
  return outer;
}

/** A field that stands there under both names keeps OpenAI's. */
function renamed(value: Record<string, unknown>, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => {
    const other = names.get(name);
    return [other === undefined || Object.hasOwn(value, other) ? name : other, inner];
  });
  return Object.fromEntries(entries);
}

function toCamel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
