import { describe, expect, it } from 'vitest';
import { readTarget } from '../kit/target.ts';
import { toChatRequest } from './request.ts';

const targetOf = (host: string) => readTarget({ id: 'p', type: 'openai', host }, { remedy: '', address_remedy: '' });
const local = targetOf('http://localhost:1234/v1');
const base = { model_id: 'm', messages: [{ role: 'user' as const, text: 'Hi' }] };

describe('the request to an OpenAI-compatible server', () => {
  it('[LC-008] asks for a stream with usage, and sends only what was set', () => {
    expect(JSON.parse(toChatRequest(local, base))).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('[CP-1] passes sampling and tools on', () => {
    const tools = [{ type: 'function', function: { name: 'add', parameters: {} } }];
    const body = JSON.parse(toChatRequest(local, { ...base, temperature: 0, top_p: 0.5, max_tokens: 7, tools }));
    expect(body).toMatchObject({ temperature: 0, top_p: 0.5, max_tokens: 7, tools });
    expect(JSON.parse(toChatRequest(local, { ...base, tools: [] }))).not.toHaveProperty('tools');
  });

  it('[LC-008] uses the length limit that OpenAI itself accepts for all its models', () => {
    const body = JSON.parse(toChatRequest(targetOf('https://api.openai.com/v1'), { ...base, max_tokens: 7 }));
    expect(body.max_completion_tokens).toBe(7);
    expect(body).not.toHaveProperty('max_tokens');
  });
});
