import type { Query, QueryPart } from './query.ts';
import { type Word, wordsOf } from './words.ts';

/** From and to, in UTF-16 code units. */
export type Mark = [start: number, end: number];

/** Where a text has what is asked for, in order; undefined when a part of it is missing. */
export function marksIn(text: string, { parts }: Query): Mark[] | undefined {
  const missing = new Set(parts);
  const marks: Mark[] = [];
  for (const word of wordsOf(text)) {
    const found: Mark[] = [];
    for (const part of parts) {
      const places = placesOf(part, word);
      if (places.length > 0) missing.delete(part);
      found.push(...places);
    }
    if (found.length > 0) marks.push(...joined(found));
  }
  return missing.size === 0 ? marks : undefined;
}

function placesOf({ kind, text }: QueryPart, word: Word): Mark[] {
  if (word.unspaced !== (kind === 'inside')) return [];
  const { start, end } = word;
  if (kind === 'word') return word.text === text ? [[start, end]] : [];
  if (kind === 'start') return word.text.startsWith(text) ? [[start, end]] : [];
  const places: Mark[] = [];
  const isSameLength = word.text.length === end - start;
  for (let at = word.text.indexOf(text); at >= 0; at = word.text.indexOf(text, at + text.length)) {
    // Where folding changed the length, nobody can say where the part stood: then it is the whole run.
    places.push(isSameLength ? [start + at, start + at + text.length] : [start, end]);
  }
  return places;
}

function joined(marks: Mark[]): Mark[] {
  const result: Mark[] = [];
  for (const [start, end] of marks.sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
