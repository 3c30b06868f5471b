/**
 * Words as search sees them, the same for what is written, what is asked for and what is marked. Case, accents and
 * width do not matter. Scripts that put no spaces between words (Chinese, Japanese, Thai, ...) are runs of characters
 * in which any part can be found; Korean too, whose particles hang on to its words.
 */

export interface Word {
  /** Folded. */
  text: string;
  /** Where it stands in the text, in UTF-16 code units. */
  start: number;
  end: number;
  /** A run without spaces, of which any part counts. */
  unspaced: boolean;
}

/** Characters of a text that are searched; tokenizing more would hold up the answers of others. */
export const SEARCHED_CHARACTERS = 65_536;
/** Longer words (base64, hashes) are told apart by their beginnings. */
const WORD_CHARACTERS = 64;

const ASCII = /^[\0-\x7f]*$/;
const ASCII_WORD = /[a-zA-Z0-9]+/g;
const ANY_WORD =
  /(?<unspaced>[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]&&[\p{L}\p{N}\p{M}]]+)|[[\p{L}\p{N}\p{M}\p{Co}]--[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]]+/gv;
/** Accents of Latin, Greek and Cyrillic. Marks of other scripts are letters to their readers. */
const ACCENTS = /[\u0300-\u036f]+/g;
const NO_WORD = /[^\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** The words of a text in order. Only the first SEARCHED_CHARACTERS count. */
export function* wordsOf(whole: string): Generator<Word> {
  const text = whole.length > SEARCHED_CHARACTERS ? whole.slice(0, SEARCHED_CHARACTERS) : whole;
  for (const match of text.matchAll(ASCII.test(text) ? ASCII_WORD : ANY_WORD)) {
    const [raw] = match;
    const unspaced = match.groups?.unspaced !== undefined;
    const folded = fold(raw);
    if (folded === '') continue;
    yield {
      text: unspaced ? folded : folded.slice(0, WORD_CHARACTERS),
      start: match.index,
      end: match.index + raw.length,
      unspaced,
    };
  }
}

/** What the index holds of a text: each term once, separated by spaces. */
export function termsOf(text: string): string {
  const terms = new Set<string>();
  for (const word of wordsOf(text)) {
    if (word.unspaced) for (const pair of pairsOf(word.text)) terms.add(pair);
    else terms.add(word.text);
  }
  return [...terms].join(' ');
}

/** Overlapping pairs of characters, and the last one alone, so that every character begins a term. */
export function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.map((character, at) => character + (characters[at + 1] ?? ''));
}

function fold(raw: string): string {
  if (ASCII.test(raw)) return raw.toLowerCase();
  // Up and down: "ß" is "ss", and every form of a letter ends as the same one.
  return raw
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replace(NO_WORD, '');
}
