// An entry → one line of JSON, bounded, clean, and safe to put beside others.
import type { LogEntry } from '@lightchat/protocol';
import { redactDeep } from './redact.ts';

/** Bytes of one line, its newline included. */
export const MAX_LINE_BYTES = 1_048_576;
/** Read beyond what a line can hold, so that a secret on the edge is seen whole before the cut. */
const MARGIN = 16_384;

/** What waits in the queue: nothing in it changes or grows any more. */
export interface PendingEntry {
  entry: Omit<LogEntry, 'details'>;
  /** `details` as JSON text. */
  details: string | undefined;
  /** Characters of the whole content when `entry.content` is only its beginning. */
  full_length: number | undefined;
  /** What it counts in the queue. */
  bytes: number;
}

/** Takes an entry in. Cheap in the content, which is a reference; never throws. */
export function toPending(ts: string, { details, ...rest }: Omit<LogEntry, 'ts'>): PendingEntry {
  const long = rest.content.length > MAX_LINE_BYTES + MARGIN;
  const content = long ? rest.content.slice(0, MAX_LINE_BYTES + MARGIN) : rest.content;
  const text = details === undefined ? undefined : stringifyDetails(details);
  return {
    entry: { ts, ...rest, content },
    details: text,
    full_length: long ? rest.content.length : undefined,
    bytes: 2 * (content.length + (text?.length ?? 0)) + 512,
  };
}

/** The line, with its newline: valid JSON, no secret, at most MAX_LINE_BYTES. What had to go is named in `details`. */
export function toLine(pending: PendingEntry, redact: (text: string) => string): string {
  const { ts, role, content, ...rest } = pending.entry;
  const clean = redactDeep({ ...rest, ...parseDetails(pending.details) }, redact) as Partial<LogEntry>;
  const whole = redact(content);
  const text = pending.full_length === undefined ? whole : whole.slice(0, Math.max(0, whole.length - MARGIN));
  const build = (length: number, details: Record<string, unknown> | undefined): string => {
    const cut = length < text.length || pending.full_length !== undefined;
    const note = cut ? { content_cut_from: pending.full_length ?? content.length } : undefined;
    const all = details === undefined && note === undefined ? undefined : { ...details, ...note };
    return stringify({ ts, role, content: text.slice(0, length), ...clean, details: all });
  };
  let length = text.length;
  let details = clean.details;
  if (Buffer.byteLength(build(0, details)) > MAX_LINE_BYTES / 2) details = { details_cut: true };
  let line = build(length, details);
  // One character takes one to six bytes; each round measures and comes closer from above.
  for (let bytes = Buffer.byteLength(line); bytes > MAX_LINE_BYTES && length > 0; bytes = Buffer.byteLength(line)) {
    length = Math.floor(length * Math.min(0.95, MAX_LINE_BYTES / bytes));
    line = build(length, details);
  }
  return line;
}

function stringifyDetails(details: Record<string, unknown>): string {
  try {
    const text = JSON.stringify(details);
    return text.length > MAX_LINE_BYTES ? '{"details_cut":true}' : text;
  } catch {
    return '{"details_unreadable":true}'; // circular, or a getter that throws
  }
}

function parseDetails(text: string | undefined): { details?: Record<string, unknown> } {
  return text === undefined ? {} : { details: JSON.parse(text) };
}

/** Also without the characters that some programs take for the end of a line. */
function stringify(entry: object): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(entry).replace(/[\u0085\u2028\u2029]/g, escaped)}\n`;
}
