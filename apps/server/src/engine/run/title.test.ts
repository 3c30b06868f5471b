import { describe, expect, it } from 'vitest';
import { titleFrom } from './title.ts';

describe('the title of a conversation', () => {
  it('[CP-6] is the first line with words, without its marks', () => {
    expect(titleFrom('\n\n  ## **Plan** for `today`\nmore')).toBe('Plan for today');
    expect(titleFrom('```\ncode\n```')).toBe('code');
    expect(titleFrom('a\t b')).toBe('a b');
  });

  it('[CP-6] says so when there are no words', () => {
    for (const prompt of ['', ' \n\t', '***\n___', '\n'.repeat(100_000)]) {
      expect(titleFrom(prompt)).toBe('New chat');
    }
  });

  it('[CP-6] is cut at a word, and never inside a character', () => {
    const words = titleFrom('word '.repeat(50));
    expect(words).toMatch(/^(word )+word…$/);
    expect(words.length).toBeLessThanOrEqual(61);
    const long = titleFrom('x'.repeat(10_000_000));
    expect(long).toBe(`${'x'.repeat(60)}…`);
    const emoji = titleFrom('😀'.repeat(500));
    expect([...emoji]).toHaveLength(61);
    expect(emoji.isWellFormed()).toBe(true);
  });
});
