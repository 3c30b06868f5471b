import type { IncomingHttpHeaders } from 'node:http';

/**
 * Milliseconds the provider asked to wait, from `retry-after-ms` or `retry-after` (seconds or a date).
 * undefined when it asked for nothing or for something that is not a time. A moment in the past is 0;
 * there is no upper bound: who waits decides how long.
 */
export function readRetryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const exact = readNumber(headers['retry-after-ms']);
  if (exact !== undefined) return Math.max(0, Math.round(exact));
  const asked = headers['retry-after'];
  const seconds = readNumber(asked);
  if (seconds !== undefined) return Math.max(0, Math.round(seconds * 1000));
  if (asked === undefined || !/[a-z]/i.test(asked)) return undefined;
  const date = Date.parse(asked);
  if (Number.isNaN(date)) return undefined;
  // The sender's own clock, where it tells it: the two clocks may differ.
  const sent = Date.parse(headers.date ?? '');
  return Math.max(0, date - (Number.isNaN(sent) ? now : sent));
}

function readNumber(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(header) ? Number(header) : undefined;
}
