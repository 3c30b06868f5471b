import type { Mark } from './marks.ts';

/** Characters shown in all, and how many of them before the first mark. */
const LENGTH = 160;
const LEAD = 40;

export interface Snippet {
  /** One line of plain text. */
  snippet: string;
  /** What to emphasize in it: `[start, end]` in UTF-16 code units. */
  marks: Mark[];
}

/** The surroundings of the first mark. */
export function snippetOf(text: string, marks: readonly Mark[]): Snippet {
  const first = marks[0]?.[0] ?? 0;
  const from = first <= LEAD ? 0 : wordStart(text, first - LEAD, first);
  const to = wholeCharacter(text, Math.min(text.length, from + LENGTH));
  const before = from > 0 ? '…' : '';
  const after = to < text.length ? '…' : '';
  const shift = before.length - from;
  const shown = marks
    .filter(([start]) => start < to)
    .map(([start, end]): Mark => [start + shift, Math.min(end, to) + shift]);
  // One for one, so that marks stay where they are.
  return { snippet: `${before}${text.slice(from, to).replace(/\s/g, ' ')}${after}`, marks: shown };
}

/** The first beginning of a word in a stretch, else the stretch's beginning. */
function wordStart(text: string, from: number, to: number): number {
  const space = text.slice(from, to).search(/\s\S/);
  return space < 0 ? wholeCharacter(text, from) : from + space + 1;
}

/** A place that is not inside a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
