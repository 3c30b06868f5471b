/**
 * Tools of a request, as the chat-completions shape that providers read, and the way back: which kind of item a call
 * becomes. A custom tool takes free text, so it becomes a function with one text argument; the tools of a namespace
 * become functions whose names carry it. Tools that only OpenAI runs (web_search, ...) are left out.
 */
import type { ModelOptions } from '../../../../engine/ports.ts';
import type { ResponsesBody } from './request-body.ts';

export interface ToolOrigin {
  type: 'function' | 'custom';
  name: string;
  namespace?: string;
}

type Tool = NonNullable<ResponsesBody['tools']>[number];

export interface RequestTools {
  options: Pick<ModelOptions, 'tools' | 'tool_choice' | 'parallel_tool_calls'>;
  /** By the name that the provider was told. */
  origins: ReadonlyMap<string, ToolOrigin>;
}

const FREE_TEXT = 'input';

export function toTools({ tools, tool_choice, parallel_tool_calls }: ResponsesBody): RequestTools {
  const origins = new Map<string, ToolOrigin>();
  let definitions: Record<string, unknown>[] = [];
  const add = (tool: Tool, namespace?: string) => {
    const definition = toFunction(tool);
    if (!definition || typeof tool.name !== 'string') return;
    const name = sentName(tool.name, namespace);
    if (origins.has(name)) return;
    const type = tool.type === 'custom' ? 'custom' : 'function';
    origins.set(name, { type, name: tool.name, ...(namespace ? { namespace } : {}) });
    definitions.push({ type: 'function', function: { name, ...definition } });
  };
  for (const tool of tools ?? []) {
    if (tool.type !== 'namespace') add(tool);
    else if (Array.isArray(tool.tools)) {
      for (const inner of tool.tools as Tool[]) add(inner, typeof tool.name === 'string' ? tool.name : undefined);
    }
  }
  const choice = toChoice(tool_choice);
  if (choice.only) definitions = definitions.filter(({ function: sent }) => choice.only?.has((sent as Named).name));
  if (definitions.length === 0) return { options: {}, origins };
  return {
    options: {
      tools: definitions,
      ...(choice.tool_choice === undefined ? {} : { tool_choice: choice.tool_choice }),
      ...(typeof parallel_tool_calls === 'boolean' ? { parallel_tool_calls } : {}),
    },
    origins,
  };
}

/** What a provider is told of a tool in a namespace: two of those may have tools of the same name. */
export function sentName(name: string, namespace?: string | null): string {
  if (!namespace) return name;
  return namespace.endsWith('__') ? `${namespace}${name}` : `${namespace}__${name}`;
}

export function toFreeTextArguments(input: string): string {
  return JSON.stringify({ [FREE_TEXT]: input });
}

/** A model that does not keep to the one argument most likely wrote the text itself. */
export function fromFreeTextArguments(json: string): string {
  try {
    const { [FREE_TEXT]: input } = JSON.parse(json) as Record<string, unknown>;
    if (typeof input === 'string') return input;
  } catch {
    // Then it is the text.
  }
  return json;
}

interface Named {
  name: string;
}

function toFunction(tool: Tool): Record<string, unknown> | undefined {
  const description = typeof tool.description === 'string' ? tool.description : undefined;
  if (tool.type === 'function') {
    return {
      ...(description === undefined ? {} : { description }),
      parameters: tool.parameters ?? { type: 'object', properties: {} },
      ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
    };
  }
  if (tool.type !== 'custom') return undefined;
  const text = { type: 'string', description: 'The whole input of the tool, as plain text.' };
  return {
    description: [description, grammarOf(tool.format)].filter(Boolean).join('\n\n'),
    parameters: {
      type: 'object',
      properties: { [FREE_TEXT]: text },
      required: [FREE_TEXT],
      additionalProperties: false,
    },
  };
}

/** Nobody enforces the grammar here, but a model that reads it mostly keeps to it. */
function grammarOf(format: unknown): string | undefined {
  if (typeof format !== 'object' || format === null || !('definition' in format)) return undefined;
  const syntax = 'syntax' in format && typeof format.syntax === 'string' ? ` (${format.syntax})` : '';
  return `The input must follow this grammar${syntax}:\n${String(format.definition)}`;
}

interface Choice {
  tool_choice?: ModelOptions['tool_choice'];
  /** Names as sent. */
  only?: ReadonlySet<string>;
}

function toChoice(choice: ResponsesBody['tool_choice']): Choice {
  if (choice === undefined || choice === null) return {};
  if (typeof choice === 'string') return { tool_choice: choice };
  if ((choice.type === 'function' || choice.type === 'custom') && typeof choice.name === 'string') {
    const namespace = typeof choice.namespace === 'string' ? choice.namespace : undefined;
    return { tool_choice: { type: 'function', function: { name: sentName(choice.name, namespace) } } };
  }
  if (choice.type === 'allowed_tools' && Array.isArray(choice.tools)) {
    const allowed = (choice.tools as Partial<ToolOrigin>[]).flatMap(({ name, namespace }) =>
      typeof name === 'string' ? [sentName(name, namespace)] : [],
    );
    return { tool_choice: choice.mode === 'required' ? 'required' : 'auto', only: new Set(allowed) };
  }
  return {};
}
