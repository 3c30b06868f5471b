import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('[U18] Retry-After', () => {
  it.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '-20' }, 0],
    [{ 'retry-after': '31536000' }, 31_536_000_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:09 GMT' }, 9000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:09 GMT', date: 'Sun, 01 Mar 2026 12:00:05 GMT' }, 4000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:09 GMT', date: 'garbage' }, 9000],
    [{ 'retry-after-ms': '750', 'retry-after': '9' }, 750],
    [{ 'retry-after-ms': 'x', 'retry-after': '9' }, 9000],
    [{ 'retry-after': 'later' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '1e9' }, undefined],
    [{}, undefined],
  ])('%j asks for %s ms', (headers, ms) => {
    expect(readRetryAfter(headers, NOW)).toBe(ms);
  });
});
