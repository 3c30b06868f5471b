import type { Message } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { buildPrompt } from './build-prompt.ts';

function message(role: 'user' | 'assistant', ...parts: Message['parts']): Message {
  const about = { id: 'm', conversation_id: 'c', parent_id: null, run_id: null, provider_id: null, model_id: null };
  const end = { status: 'completed', finish_reason: null, usage: null, error: null, created_at: '' } as const;
  return { ...about, role, parts, ...end };
}
const text = (words: string) => ({ type: 'text', text: words }) as const;

describe('the prompt', () => {
  it('[LC-018] begins with the system prompt when there is one', () => {
    const question = message('user', text('hi'));
    expect(buildPrompt('Be brief.', [question]).map(({ role }) => role)).toEqual(['system', 'user']);
    for (const none of [null, undefined, '', ' \n']) expect(buildPrompt(none, [question])).toHaveLength(1);
  });

  it('[CA-3] has what was said, not what was thought, and no answers that said nothing', () => {
    const path = [
      message('user', text('a')),
      message('assistant', { type: 'reasoning', text: 'hm' }, text('b'), text('c')),
      message('user', text('')),
      message('assistant', { type: 'reasoning', text: 'only thought' }),
      message('assistant'),
    ];
    expect(buildPrompt(null, path)).toEqual([
      { role: 'user', text: 'a' },
      { role: 'assistant', text: 'bc' },
      { role: 'user', text: '' },
    ]);
  });
});
