import { describe, expect, it } from 'vitest';
import { citedIds } from './cited-ids.ts';

const ids = (source: string) => citedIds(source).map(({ id }) => id);

describe('ids cited by a test', () => {
  it('are read from brackets, at the start, at the end, and several at once', () => {
    expect(ids("it('[LC-011] a hand edit', ...)")).toEqual(['LC-011']);
    expect(ids("it('does not grow [LC-016]')")).toEqual(['LC-016']);
    expect(ids("it('[CW-1, U9 K10] x [LC-F]')")).toEqual(['CW-1', 'U9', 'K10', 'LC-F']);
  });

  it('come with their line', () => {
    expect(citedIds("\n\nit('[P7]')")).toEqual([{ id: 'P7', line: 3 }]);
  });

  it('include ids that nobody promised, so that the check can refuse them', () => {
    expect(ids("it('[LC-999] [ZZ-1]')")).toEqual(['LC-999', 'ZZ-1']);
  });

  it('are not taken from code or prose in brackets', () => {
    expect(ids("const a = list[0]; b[KEY]; c['x']; /[A-Z]/; [DONE] [INST] [1] it('[the] x')")).toEqual([]);
  });
});
