/** Fenced code, read the way marked reads it, so that a fence can be followed line by line without lexing it. */

export interface Fence {
  /** First word after the opening marks, as written; empty when there is none. */
  language: string;
  /** Index in the source where the first line of code starts. */
  contentStart: number;
  /** Spaces before the opening marks; as many are taken off every line of code. */
  indent: number;
  marks: string;
}

const opening = /^(?:[ \t]*\n)*( {0,3})(`{3,}(?=[^`\n]*(?:\n|$))|~{3,})([^\n]*)(?:\n|$)/;
/** Anything that could still become a closing line. */
const possibleClosing = /^ {0,3}[`~]* *$/;
const escapedPunctuation = /\\([!-/:-@[-`{-~])/g;

/** The fence that `source` opens with, blank lines before it aside; null when it opens with something else. */
export function openFence(source: string): Fence | null {
  const match = opening.exec(source);
  if (!match) return null;
  const info = (match[3] ?? '').trim().replace(escapedPunctuation, '$1');
  return {
    language: info.split(/\s/, 1)[0] ?? '',
    contentStart: match[0].length,
    indent: match[1]?.length ?? 0,
    marks: match[2] ?? '```',
  };
}

/**
 * Index just behind the first closing line at or after `from`, which must be the start of a line; -1 when there is none.
 * A line without its end counts only if `atEnd` says that no more text will come.
 */
export function closingEnd(source: string, fence: Fence, from: number, atEnd: boolean): number {
  return findClosing(source, fence, from, atEnd)?.end ?? -1;
}

/** The code of a fence that fills `source`; null when `source` is something else or goes on after the closing line. */
export function readFence(source: string): { language: string; code: string } | null {
  const fence = openFence(source);
  if (!fence) return null;
  const closing = findClosing(source, fence, fence.contentStart, true);
  if (!closing) return { language: fence.language, code: unindent(source.slice(fence.contentStart), fence.indent) };
  if (source.slice(closing.end).trim() !== '') return null;
  return { language: fence.language, code: unindent(source.slice(fence.contentStart, closing.start), fence.indent) };
}

/** What may be shown of a fence that is still open: all but a last line that may turn out to close it. */
export function shownCode(source: string, fence: Fence): string {
  const code = source.slice(fence.contentStart);
  const lastLine = code.lastIndexOf('\n') + 1;
  const shown = possibleClosing.test(code.slice(lastLine)) ? code.slice(0, lastLine) : code;
  return unindent(shown, fence.indent);
}

function findClosing(source: string, fence: Fence, from: number, atEnd: boolean) {
  const mark = fence.marks[0] === '~' ? '~' : '`';
  const pattern = new RegExp(`^ {0,3}${mark}{${fence.marks.length},} *(?:\\n|$)`, 'gm');
  pattern.lastIndex = from;
  const match = pattern.exec(source);
  if (!match || (!match[0].endsWith('\n') && !atEnd)) return null;
  return { start: match.index, end: match.index + match[0].length };
}

function unindent(code: string, indent: number): string {
  return indent === 0 ? code : code.replace(new RegExp(`^[^\\S\\n]{1,${indent}}`, 'gm'), '');
}
