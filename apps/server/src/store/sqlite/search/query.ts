import { pairsOf, wordsOf } from './words.ts';

/** Beyond these, more words make no query better. */
const MOST_PARTS = 16;

export interface QueryPart {
  text: string;
  /** `word`: this word; `start`: a word that begins so; `inside`: any part of a run without spaces. */
  kind: 'word' | 'start' | 'inside';
}

export interface Query {
  /** All must be found. */
  parts: QueryPart[];
  /** For FTS5's MATCH. It may find a little more than `parts` mean, never less. */
  expression: string;
}

/**
 * What someone typed, as it is being typed: the last word may be unfinished. Quotes, operators and all other signs
 * are only what separates words. undefined when there is no word in it.
 */
export function parseQuery(typed: string): Query | undefined {
  const words = [...wordsOf(typed)].slice(0, MOST_PARTS);
  const parts = words.map(({ text, unspaced }, at): QueryPart => {
    if (unspaced) return { text, kind: 'inside' };
    return { text, kind: at === words.length - 1 ? 'start' : 'word' };
  });
  if (parts.length === 0) return undefined;
  return { parts, expression: [...new Set(parts.flatMap(termsOf))].join(' AND ') };
}

/** Folded words have letters and digits only, so that quoting them is safe. */
function termsOf({ text, kind }: QueryPart): string[] {
  if (kind === 'word') return [`"${text}"`];
  if (kind === 'start') return [`"${text}" *`];
  const pairs = pairsOf(text);
  return pairs.length === 1 ? [`"${text}" *`] : pairs.slice(0, -1).map((pair) => `"${pair}"`);
}
