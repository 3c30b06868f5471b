import { describe, expect, it } from 'vitest';
import { formatPageCursor, parsePageCursor } from './page-cursor.ts';
import type { ConversationRow } from './rows.ts';

const row: ConversationRow = {
  id: 'conv_1',
  title: 'Secret plans',
  pinned: 1,
  archived: 0,
  active_leaf_id: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-02T00:00:00.000Z',
};
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a page cursor', () => {
  it('[CP-6] names the place where the page ended, and nothing of what stands there', () => {
    const cursor = formatPageCursor('local', row);
    expect(parsePageCursor('local', cursor)).toEqual({ pinned: 1, updated_at: row.updated_at, id: 'conv_1' });
    expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('Secret');
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('[C3] is worth nothing to somebody else, and junk is a fault of the request', () => {
    const junk = [
      '',
      'junk',
      '[]',
      encode(null),
      encode({}),
      encode(['local', 2, 'x', 'y']),
      encode(['local', 1, 2, 3]),
    ];
    const foreign = formatPageCursor('somebody', row);
    for (const cursor of [...junk, foreign, encode(['local', 1, 'x', 'y', 'z'])]) {
      expect(() => parsePageCursor('local', cursor)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
    }
  });
});
