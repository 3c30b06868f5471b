// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';

/** The module as a freshly loaded page has it: nothing in memory, everything that was stored. */
async function loadedAnew() {
  vi.resetModules();
  return import('./drafts.ts');
}

beforeEach(() => localStorage.clear());

describe('drafts', () => {
  it('[CP-5] are kept for each conversation, over a reload', async () => {
    const before = await loadedAnew();
    before.writeDraft('conv_1', 'for one');
    before.writeDraft(null, 'for a new one');
    before.saveDrafts();
    const after = await loadedAnew();
    expect(after.readDraft('conv_1')).toBe('for one');
    expect(after.readDraft(null)).toBe('for a new one');
    expect(after.readDraft('conv_2')).toBe('');
  });

  it('leave nothing behind when they are emptied', async () => {
    const { writeDraft, saveDrafts, readDraft } = await loadedAnew();
    writeDraft('conv_1', 'text');
    saveDrafts();
    writeDraft('conv_1', '');
    saveDrafts();
    expect(readDraft('conv_1')).toBe('');
    expect(localStorage).toHaveLength(0);
  });

  it('are written down soon after typing paused, without being asked', async () => {
    vi.useFakeTimers();
    const { writeDraft } = await loadedAnew();
    writeDraft('conv_1', 'a');
    writeDraft('conv_1', 'ab');
    expect(localStorage).toHaveLength(0);
    vi.runAllTimers();
    expect(Object.values({ ...localStorage })).toEqual(['ab']);
    vi.useRealTimers();
  });

  it('work for the life of the page where storage is full or blocked', async () => {
    const { writeDraft, saveDrafts, readDraft } = await loadedAnew();
    const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    writeDraft('conv_1', 'text');
    saveDrafts();
    expect(readDraft('conv_1')).toBe('text');
    full.mockRestore();
  });
});
