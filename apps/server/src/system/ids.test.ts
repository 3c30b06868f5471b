import { describe, expect, it } from 'vitest';
import { systemIds } from './ids.ts';

describe('ids', () => {
  it('are never given twice, have no colon, and begin with what they name', () => {
    const ids = Array.from({ length: 10_000 }, () => systemIds.create('run'));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^run_[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it('sort by the moment they were made', async () => {
    const earlier = systemIds.create('msg');
    await new Promise((resolve) => setTimeout(resolve, 3));
    expect(systemIds.create('msg') > earlier).toBe(true);
  });
});
