import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { formatPageCursor, parsePageCursor } from './page-cursor.ts';

const place = z.tuple([z.literal([0, 1]), z.string(), z.string()]);
const ended = [1, '2026-01-02T00:00:00.000Z', 'conv_1'] as const;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a page cursor', () => {
  it('[CP-6] names the place where the page of a list ended', () => {
    const cursor = formatPageCursor('local', 'shown', ended);
    expect(parsePageCursor('local', 'shown', place, cursor)).toEqual(ended);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('[C3] is worth nothing to somebody else or in another list, and junk is a fault of the request', () => {
    const junk = [
      '',
      'junk',
      '[]',
      encode(null),
      encode({}),
      encode(['local', 'shown']),
      encode(['local', 'shown', []]),
    ];
    const wrong = [encode(['local', 'shown', [2, 'x', 'y']]), encode(['local', 'shown', [1, 2, 3]])];
    const foreign = [formatPageCursor('somebody', 'shown', ended), formatPageCursor('local', 'archived', ended)];
    for (const cursor of [...junk, ...wrong, ...foreign, encode(['local', 'shown', ended, 1])]) {
      expect(() => parsePageCursor('local', 'shown', place, cursor)).toThrow(
        expect.objectContaining({
          code: 'INVALID_REQUEST',
          details: { issues: [expect.objectContaining({ path: 'cursor' })] },
        }),
      );
    }
  });
});
