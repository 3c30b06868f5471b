import { describe, expect, it } from 'vitest';
import { readRequest } from '../read-request.ts';
import { responsesBodySchema } from './request-body.ts';
import { fromFreeTextArguments, toFreeTextArguments, toTools } from './tools.ts';

const parameters = { type: 'object', properties: { a: { type: 'number' } } };
const toolsOf = (fields: object) => toTools(readRequest(responsesBodySchema, { input: 'x', ...fields }));
const add = { type: 'function', name: 'add', description: 'Adds', parameters, strict: true };
const namesOf = (fields: object) =>
  toolsOf(fields).options.tools?.map((tool) => (tool.function as { name: string }).name);

describe('the tools of /v1/responses', () => {
  it('[CP-8] become functions as chat completions has them', () => {
    const bare = { type: 'function', name: 'bare', parameters: null, strict: null };
    expect(toolsOf({ tools: [add, bare], tool_choice: 'required', parallel_tool_calls: false }).options).toEqual({
      tools: [
        { type: 'function', function: { name: 'add', description: 'Adds', parameters, strict: true } },
        { type: 'function', function: { name: 'bare', parameters: { type: 'object', properties: {} } } },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
    });
  });

  it('[CP-8] leave out what only OpenAI runs, and with it the choice when nothing is left', () => {
    const hosted = [{ type: 'web_search' }, { type: 'file_search', vector_store_ids: ['v'] }, { type: 'new_one' }];
    expect(namesOf({ tools: [...hosted, add] })).toEqual(['add']);
    expect(toolsOf({ tools: hosted, tool_choice: 'auto', parallel_tool_calls: true }).options).toEqual({});
  });

  it('[CP-8] of a namespace carry its name, and come back under their own', () => {
    const inner = [{ ...add }, { type: 'custom', name: 'note' }];
    const tools = [
      { type: 'namespace', name: 'mcp__math', description: 'm', tools: inner },
      { type: 'namespace', name: 'mcp__more__', description: 'm', tools: [add] },
    ];
    expect(namesOf({ tools })).toEqual(['mcp__math__add', 'mcp__math__note', 'mcp__more__add']);
    const { origins } = toolsOf({ tools });
    expect(origins.get('mcp__math__note')).toEqual({ type: 'custom', name: 'note', namespace: 'mcp__math' });
    expect(origins.get('mcp__more__add')).toEqual({ type: 'function', name: 'add', namespace: 'mcp__more__' });
  });

  it('[CP-8] that take free text become functions with one text, and their grammar is told', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' };
    const { options, origins } = toolsOf({
      tools: [{ type: 'custom', name: 'patch', description: 'Patches', format }],
    });
    expect(options.tools?.[0]).toMatchObject({
      type: 'function',
      function: { name: 'patch', parameters: { required: ['input'] } },
    });
    expect(JSON.stringify(options.tools)).toContain('(lark)');
    expect(origins.get('patch')).toEqual({ type: 'custom', name: 'patch' });
    const text = 'a "quoted"\nline \u{1f600}';
    expect(fromFreeTextArguments(toFreeTextArguments(text))).toBe(text);
    for (const unlike of ['*** Begin', '{"text":1}', '[]', 'null', ''])
      expect(fromFreeTextArguments(unlike)).toBe(unlike);
  });

  it('[CP-8] are chosen in every form: by name, by list, or not at all', () => {
    const tools = [add, { ...add, name: 'sub' }];
    const named = { type: 'function', function: { name: 'sub' } };
    expect(toolsOf({ tools, tool_choice: { type: 'function', name: 'sub' } }).options.tool_choice).toEqual(named);
    expect(toolsOf({ tools, tool_choice: { type: 'custom', name: 'sub' } }).options.tool_choice).toEqual(named);
    expect(toolsOf({ tools, tool_choice: { type: 'web_search' } }).options).not.toHaveProperty('tool_choice');
    const tool_choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'sub' }] };
    expect(toolsOf({ tools, tool_choice }).options.tool_choice).toBe('required');
    expect(namesOf({ tools, tool_choice })).toEqual(['sub']);
  });
});
