import { describe, expect, it } from 'vitest';
import { formatCursor, parseCursor } from './ids.ts';

describe('a cursor', () => {
  it('[CW-3] comes back as it was given out', () => {
    for (const index of [0, 1, 10, 9_999_999_999]) {
      expect(parseCursor(formatCursor('run_0abc', index))).toEqual({ run_id: 'run_0abc', index });
    }
  });

  it('[C3] is nothing else', () => {
    const junk = ['', ':', 'run_1', 'run_1:', ':1', 'run_1:-1', 'run_1:+1', 'run_1:01', 'run_1:1.5', 'run_1:1e3'];
    const sly = ['a:b:1', 'run 1:1', 'run_1:1\n', ' run_1:1', `${'x'.repeat(65)}:1`, 'run_1:99999999999', 'run_1:١'];
    for (const text of [...junk, ...sly]) expect([text, parseCursor(text)]).toEqual([text, undefined]);
  });
});
