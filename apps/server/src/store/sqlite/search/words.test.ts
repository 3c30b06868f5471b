import { describe, expect, it } from 'vitest';
import { marksIn } from './marks.ts';
import { parseQuery } from './query.ts';
import { snippetOf } from './snippet.ts';
import { SEARCHED_CHARACTERS, termsOf, wordsOf } from './words.ts';

describe('the words of a text', () => {
  it('[CP-6] are folded, and where they stand is known', () => {
    const text = 'Größe: “Ça va?” don’t 東京タワー №7';
    const words = [...wordsOf(text)];
    expect(words.map(({ text }) => text)).toEqual(['grosse', 'ca', 'va', 'don', 't', '東京タワー', '7']);
    expect(words.map(({ start, end }) => text.slice(start, end))).toEqual([
      'Größe',
      'Ça',
      'va',
      'don',
      't',
      '東京タワー',
      '7',
    ]);
  });

  it('[CP-6] are terms without anything that has a meaning in a query, each once', () => {
    expect(termsOf('a A "b" c* (d) e:f ⑴ 天天天 -- \0')).toBe('a b c d e f 1 天天 天');
    for (const text of ['', '?!', '\ud800', '\u0301'])
      expect(termsOf(text).trim()).toBe(text === '\u0301' ? termsOf(text) : '');
  });

  it('[CP-6] are cut where they are no words any more, and so are texts without an end', () => {
    expect(termsOf('x'.repeat(5000))).toBe('x'.repeat(64));
    const long = `${'word '.repeat(SEARCHED_CHARACTERS / 5)}beyond`;
    expect(termsOf(long)).toBe('word b');
  });
});

describe('a query', () => {
  it('[CP-6] asks for every word, the last one as a beginning', () => {
    expect(parseQuery('One "two* thr')?.expression).toBe('"one" AND "two" AND "thr" *');
    expect(parseQuery('天気予報')?.expression).toBe('"天気" AND "気予" AND "予報"');
    expect(parseQuery('天')?.expression).toBe('"天" *');
    expect(parseQuery(' ?* ')).toBeUndefined();
    expect(parseQuery('w '.repeat(200))?.parts).toHaveLength(16);
  });
});

describe('a snippet', () => {
  const marked = (text: string, q: string) => {
    const query = parseQuery(q);
    const marks = query && marksIn(text, query);
    if (!marks) return undefined;
    const { snippet, marks: shown } = snippetOf(text, marks);
    return { snippet, words: shown.map(([start, end]) => snippet.slice(start, end)) };
  };

  it('[CP-6] is the text around the first mark, on one line', () => {
    expect(marked('short\n\ttext', 'text')).toEqual({ snippet: 'short  text', words: ['text'] });
    const found = marked(`${'before '.repeat(50)}NEEDLE${' after'.repeat(50)}`, 'needle');
    expect(found?.words).toEqual(['NEEDLE']);
    expect(found?.snippet).toMatch(/^…before .*NEEDLE after.*…$/);
    expect(found?.snippet.length).toBeLessThanOrEqual(162);
  });

  it('[CP-6] cuts no character in two, and marks nothing that it does not show', () => {
    const found = marked(`${'😀'.repeat(101)}needle ${'😀'.repeat(101)} needle`, 'needle');
    expect(found?.snippet.isWellFormed()).toBe(true);
    expect(found?.words).toEqual(['needle']);
  });

  it('[CP-6] marks the whole run where folding changed its length', () => {
    expect(marked('これはﾃﾚﾋﾞです', 'テレビ')?.words).toEqual(['これはﾃﾚﾋﾞです']);
    expect(marked('今天天气好，天气', '天气')?.words).toEqual(['天气', '天气']);
  });
});
