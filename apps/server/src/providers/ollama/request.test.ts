import { describe, expect, it } from 'vitest';
import { toChatRequest } from './request.ts';

const base = { model_id: 'llama3.2', messages: [{ role: 'system' as const, text: 'Be kind.' }] };

describe('the request to Ollama', () => {
  it('[LC-006] asks for a stream and never for silent truncation', () => {
    expect(JSON.parse(toChatRequest(base, null))).toEqual({
      model: 'llama3.2',
      messages: [{ role: 'system', content: 'Be kind.' }],
      stream: true,
      truncate: false,
    });
  });

  it('[CP-1] puts sampling and the context size of the settings into options', () => {
    const body = JSON.parse(toChatRequest({ ...base, temperature: 0, top_p: 0.9, max_tokens: 5 }, 16384));
    expect(body.options).toEqual({ num_ctx: 16384, temperature: 0, top_p: 0.9, num_predict: 5 });
  });

  it('[CP-8] passes tools on', () => {
    const tools = [{ type: 'function', function: { name: 'add' } }];
    expect(JSON.parse(toChatRequest({ ...base, tools }, null)).tools).toEqual(tools);
  });
});
