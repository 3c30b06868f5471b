import { describe, expect, it } from 'vitest';
import { collect, summarize } from '../testing/collect.ts';
import { createDemoProvider } from './index.ts';
import { chooseScript } from './scripts.ts';

function open() {
  const slept: number[] = [];
  const clock = {
    sleep(ms: number) {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  return { provider: createDemoProvider({ id: 'demo', type: 'demo' }, clock), slept };
}

const ask = async (text: string, model_id = 'demo-fast') => {
  const { provider } = open();
  return collect(provider, { model_id, messages: [{ role: 'user', text }] });
};

describe('the built-in demo', () => {
  it.each(['hello', 'help', 'show me markdown', 'some code', '', '你好'])(
    '[LC-001] the answer to "%s" says that it is scripted',
    async (prompt) => {
      const { text, reasoning, end } = summarize(await ask(prompt));
      expect(text).toContain('scripted demo');
      expect(reasoning).not.toBe('');
      expect(end).toBe('finish stop');
    },
  );

  it('[LC-001] help tells both ways to a real model', async () => {
    const { text } = summarize(await ask('help'));
    expect(text).toContain('ollama pull');
    expect(text).toContain('settings.yaml');
    expect(text).toContain('type: openai');
  });

  it('[LC-016] markdown shows everything the page can render', async () => {
    const { text } = summarize(await ask('a table please'));
    for (const part of ['# ', '- ', '1. ', '| --- |', '> ', '```ts', '`inline code`']) expect(text).toContain(part);
  });

  it('[LC-010] no answer repeats the prompt', async () => {
    for (const prompt of ['hello', 'help', 'code', 'table']) {
      const { text, reasoning } = summarize(await ask(`${prompt} sk-secret-12345`));
      expect(text + reasoning).not.toContain('sk-secret');
    }
  });

  it('[LC-016] the demo speaks word by word at a calm pace, its fast twin without pauses', async () => {
    const calm = open();
    const events = await collect(calm.provider, 'demo');
    const words = events.filter(({ type }) => type.endsWith('-delta')).length;
    expect(words).toBeGreaterThan(40);
    expect(calm.slept).toHaveLength(words);
    expect(new Set(calm.slept)).toEqual(new Set([16]));
    const fast = open();
    expect(summarize(await collect(fast.provider, 'demo-fast')).text).toBe(summarize(events).text);
    expect(fast.slept).toEqual([]);
  });

  it('[U23] a length limit is kept', async () => {
    const { provider } = open();
    const request = { model_id: 'demo-fast', messages: [{ role: 'user' as const, text: 'hi' }], max_tokens: 3 };
    const events = await collect(provider, request);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'length' });
    expect(events.filter(({ type }) => type.endsWith('-delta'))).toHaveLength(3);
  });

  it('[LC-001] chooses its text by words, not by parts of words', () => {
    expect(chooseScript('how do I install this?')).toBe(chooseScript('help'));
    expect(chooseScript('a stable decoder')).toBe(chooseScript('hello'));
    expect(chooseScript('write python')).toBe(chooseScript('CODE'));
  });
});
