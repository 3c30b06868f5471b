import { describe, expect, it } from 'vitest';
import { readLetterCase, spell } from './letter-case.ts';

describe('camelCase', () => {
  it('[CP-1] is read wherever OpenAI has an underscore, and nowhere else', () => {
    const tools = [{ type: 'function', function: { name: 'add', parameters: { topP: 1, tool_calls: 2 } } }];
    const content = [{ type: 'image_url', imageUrl: { url: 'x' } }];
    const toolCalls = [{ id: 'a', function: { name: 'f', arguments: '{}' }, extraContent: { someKey: 1 } }];
    expect(
      readLetterCase(
        {
          topP: 1,
          maxTokens: 2,
          streamOptions: { includeUsage: true },
          responseFormat: { type: 'json_schema', jsonSchema: { name: 'n', schema: { maxTokens: 1 } } },
          tools,
          messages: [
            { role: 'user', content },
            { role: 'assistant', toolCalls, reasoningContent: 'hm' },
            { role: 'tool', toolCallId: 'a', content: 'x' },
            null,
          ],
          someThing: 1,
        },
        undefined,
      ),
    ).toEqual({
      letters: 'camel',
      body: {
        top_p: 1,
        max_tokens: 2,
        stream_options: { include_usage: true },
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { maxTokens: 1 } } },
        tools,
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] },
          {
            role: 'assistant',
            tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' }, extra_content: { someKey: 1 } }],
            reasoning_content: 'hm',
          },
          { role: 'tool', tool_call_id: 'a', content: 'x' },
          null,
        ],
        someThing: 1,
      },
    });
  });

  it('[CP-1] is the dialect of who writes it or asks for it, and of nobody else', () => {
    const plain = { top_p: 1, chatId: 'x', messages: [{ role: 'user', content: 'x' }] };
    expect(readLetterCase(plain, undefined)).toEqual({ letters: 'snake', body: plain });
    expect(readLetterCase(plain, 'camel')).toEqual({ letters: 'camel', body: plain });
    expect(readLetterCase({ topP: 2, top_p: 1 }, undefined)).toMatchObject({ letters: 'camel', body: { top_p: 1 } });
    for (const body of [undefined, null, 7, 'text', ['topP']]) {
      expect(readLetterCase(body, 'Camel')).toEqual({ letters: 'camel', body });
    }
  });

  it('[CP-1] is written for every field', () => {
    const usage = { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 2 }, list: [{ first_id: null }] };
    expect(spell(usage, 'snake')).toEqual(usage);
    expect(spell(usage, 'camel')).toEqual({
      promptTokens: 1,
      promptTokensDetails: { cachedTokens: 2 },
      list: [{ firstId: null }],
    });
  });

  it('[L12] is not looked for in what is too large to be read', () => {
    const body = { topP: 1, x: Array.from({ length: 200_001 }, () => 0) };
    expect(readLetterCase(body, undefined).body).toBe(body);
  });
});
