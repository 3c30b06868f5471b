// @vitest-environment jsdom
import type { Conversation } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { groupByDay } from './group-by-day.ts';

const now = new Date(2026, 10, 21, 9, 30);

function conversation(id: string, updated: Date, fields: Partial<Conversation> = {}): Conversation {
  const updated_at = updated.toISOString();
  return { id, title: id, pinned: false, archived: false, created_at: updated_at, updated_at, ...fields };
}

const labels = (...dates: Date[]) =>
  groupByDay(
    dates.map((date, n) => conversation(String(n), date)),
    now,
  ).map((group) => group.label);

describe('conversations by day', () => {
  it('change group at midnight, not after 24 hours', () => {
    const justNow = new Date(2026, 10, 21, 0, 1);
    const lateYesterday = new Date(2026, 10, 20, 23, 59);
    const earlyYesterday = new Date(2026, 10, 20, 0, 0);
    expect(labels(justNow)).toEqual(['Today']);
    expect(labels(lateYesterday)).toEqual(['Yesterday']);
    expect(labels(earlyYesterday)).toEqual(['Yesterday']);
  });

  it('become wider with age', () => {
    const ages = [2, 6, 7, 29, 30].map((days) => new Date(2026, 10, 21 - days, 12));
    expect(labels(...ages)).toEqual(['Last 7 days', 'Last 30 days', 'October']);
    expect(labels(new Date(2025, 2, 1))).toEqual(['March 2025']);
  });

  it('count days right over a change of the clock', () => {
    const afterChange = new Date(2026, 9, 26, 8);
    const items = [conversation('a', new Date(2026, 9, 25, 23)), conversation('b', new Date(2026, 9, 24, 1))];
    expect(groupByDay(items, afterChange).map((group) => group.label)).toEqual(['Yesterday', 'Last 7 days']);
  });

  it('keep their order, pinned ones first whatever their age', () => {
    const items = [
      conversation('new', new Date(2026, 10, 21, 9)),
      conversation('old pinned', new Date(2026, 0, 1), { pinned: true }),
      conversation('newer today', new Date(2026, 10, 21, 8)),
    ];
    const groups = groupByDay(items, now).map(({ label, items: group }) => [label, group.map(({ id }) => id)]);
    expect(groups).toEqual([
      ['Pinned', ['old pinned']],
      ['Today', ['new', 'newer today']],
    ]);
  });

  it('put a clock that runs ahead and a date that is none where they do no harm', () => {
    expect(labels(new Date(2026, 10, 22))).toEqual(['Today']);
    expect(groupByDay([conversation('x', now, { updated_at: 'yes' })], now)[0]?.label).toBe('Earlier');
  });
});
