/**
 * Splits growing markdown into finished blocks and a live tail, so that an update costs what was added and not what is
 * already there. Only complete lines are lexed: half a line can still change what the line before it means.
 */
import type { Token } from 'marked';
import { BLOCK_LIMIT, type Definitions, lexBlocks, NO_DEFINITIONS } from './bounded-lexer.ts';
import { addDefinitions } from './definitions.ts';
import { closingEnd, type Fence, openFence } from './fence.ts';

/** Blocks that a blank line ends for good. */
const ENDED_BY_BLANK_LINE = new Set(['paragraph', 'heading', 'hr', 'table', 'blockquote', 'def']);

/** A block up to this many characters is read again with every line; a longer one when it has grown by an eighth. */
const EVERY_LINE_LIMIT = 4096;

/** Immutable. `done` joined with `tail` is the text with LF line ends; a last CR waits for its LF outside of both. */
export interface SplitText {
  /** The text as given. */
  text: string;
  /** Sources of the finished blocks: nothing appended can change them, definitions aside. */
  done: readonly string[];
  /** Source of what is still open. */
  tail: string;
  /** Set while the tail is an open fence. */
  fence: Fence | null;
  /** Length of the start of `tail` that is worth rendering as markdown now; the rest is shown as it is. */
  preview: number;
  definitions: Definitions;
  /** Where the search of an open fence goes on, or how much of the tail was lexed already. */
  examined: number;
  /** Characters given to the lexer so far. */
  lexedCharacters: number;
}

const EMPTY: SplitText = {
  text: '',
  done: [],
  tail: '',
  fence: null,
  preview: 0,
  definitions: NO_DEFINITIONS,
  examined: 0,
  lexedCharacters: 0,
};

/** Splits `text`, going on from `previous` where `text` extends it and from nothing where it does not. */
export function splitBlocks(text: string, previous: SplitText = EMPTY): SplitText {
  if (text === previous.text && previous !== EMPTY) return previous;
  const from = text.startsWith(previous.text) ? previous : EMPTY;
  const appended = text.slice(settledLength(from.text), settledLength(text)).replace(/\r\n?/g, '\n');
  return advance({ ...from, text, tail: from.tail + appended }, false);
}

/** All blocks of a text that will not grow any more. */
export function finishBlocks(split: SplitText): SplitText {
  return split.tail === '' ? split : advance(split, true);
}

/** Length without a last CR, which may be half a line end. */
function settledLength(text: string): number {
  return text.endsWith('\r') ? text.length - 1 : text.length;
}

function advance(start: SplitText, atEnd: boolean): SplitText {
  const done: string[] = [];
  let { tail, fence, examined, definitions, lexedCharacters } = start;

  const commit = (length: number): void => {
    if (length === 0) return;
    done.push(tail.slice(0, length));
    tail = tail.slice(length);
    examined = 0;
  };

  while (tail !== '') {
    if (fence) {
      const end = closingEnd(tail, fence, examined, atEnd);
      if (end < 0 && !atEnd) {
        examined = Math.max(fence.contentStart, tail.lastIndexOf('\n') + 1);
        break;
      }
      commit(end < 0 ? tail.length : end);
      fence = null;
      continue;
    }

    const complete = atEnd ? tail.length : tail.lastIndexOf('\n') + 1;
    if (complete === 0 || (!atEnd && !isWorthLexing(complete, examined))) break;
    const piece = tail.slice(0, pieceLength(tail, complete));
    const isCut = piece.length < complete;
    if (piece.length > BLOCK_LIMIT) {
      commit(piece.length);
      continue;
    }

    lexedCharacters += piece.length;
    const tokens = lexBlocks(piece);
    const open = openTokens(tokens, piece);
    const openStart = lengthOf(tokens.slice(0, open));
    fence = isFence(tokens[lastSolid(tokens)]) ? openFence(piece.slice(openStart)) : null;
    // Nothing more can come to it, or one block fills the piece and has to be cut: the last block is settled as well.
    const settleAll = !fence && (isCut ? openStart === 0 : atEnd || isEnded(tokens, piece));
    const settled = settleAll ? tokens : tokens.slice(0, open);
    definitions = addDefinitions(definitions, settled);
    for (const length of blockLengths(settled)) commit(length);
    examined = fence ? fence.contentStart : settleAll ? 0 : piece.length - openStart;
    if (!fence && !isCut && !atEnd) break;
  }

  const grew = tail.length >= (start.preview * 9) / 8 || done.length > 0;
  const preview = tail.length <= EVERY_LINE_LIMIT || grew ? tail.length : start.preview;
  return {
    ...start,
    tail,
    fence,
    examined,
    definitions,
    lexedCharacters,
    preview,
    done: done.length === 0 ? start.done : [...start.done, ...done],
  };
}

function isWorthLexing(complete: number, examined: number): boolean {
  return complete > examined && (complete <= EVERY_LINE_LIMIT || complete * 8 >= examined * 9);
}

/** How much of the complete lines to lex at once: within the limit if a line end allows it, else one endless line. */
function pieceLength(tail: string, complete: number): number {
  if (complete <= BLOCK_LIMIT) return complete;
  const cut = tail.lastIndexOf('\n', BLOCK_LIMIT - 1) + 1;
  if (cut > 0) return cut;
  const lineEnd = tail.indexOf('\n') + 1;
  return lineEnd > 0 && lineEnd <= complete ? lineEnd : complete;
}

/**
 * Index of the first token that what follows may still change: the last block, together with a link definition right
 * above it (the block may become the definition's title). 0 when only blank lines come before it.
 */
function openTokens(tokens: readonly Token[], source: string): number {
  // Cutting by lengths needs tokens that tile the source; should they not, the piece stays one block.
  if (lengthOf(tokens) !== source.length) return 0;
  let first = lastSolid(tokens);
  while (first > 0 && (tokens[first - 1]?.type === 'def' || needsContext(tokens, first))) first--;
  return tokens.slice(0, first).every(isSpace) ? 0 : first;
}

function isEnded(tokens: readonly Token[], source: string): boolean {
  return source.endsWith('\n\n') && ENDED_BY_BLANK_LINE.has(tokens[lastSolid(tokens)]?.type ?? '');
}

function lastSolid(tokens: readonly Token[]): number {
  return Math.max(
    0,
    tokens.findLastIndex((token) => !isSpace(token)),
  );
}

/** One length per block: a token with the blank lines after it, and before it at the start. */
function blockLengths(tokens: readonly Token[]): number[] {
  const lengths: number[] = [];
  let hasSolid = false;
  for (const [index, token] of tokens.entries()) {
    const begins = !isSpace(token) && hasSolid && !needsContext(tokens, index);
    if (lengths.length === 0 || begins) lengths.push(0);
    lengths[lengths.length - 1] = (lengths.at(-1) ?? 0) + token.raw.length;
    hasSolid ||= !isSpace(token);
  }
  return lengths;
}

/** A line that starts with a tag means one thing right below a paragraph and another on its own. */
function needsContext(tokens: readonly Token[], index: number): boolean {
  return tokens[index - 1]?.type === 'paragraph' && /^ {0,3}</.test(tokens[index]?.raw ?? '');
}

function lengthOf(tokens: readonly Token[]): number {
  return tokens.reduce((sum, token) => sum + token.raw.length, 0);
}

function isSpace(token: Token): boolean {
  return token.type === 'space';
}

function isFence(token: Token | undefined): boolean {
  return token?.type === 'code' && token.codeBlockStyle === undefined;
}
