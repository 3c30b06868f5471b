import type { Conversation } from '@lightchat/protocol';

export interface DayGroup {
  label: string;
  items: Conversation[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Groups a list that is newest first by how long ago, in the reader's own days. Pinned ones stand first. */
export function groupByDay(conversations: readonly Conversation[], now: Date): DayGroup[] {
  const groups = new Map<string, Conversation[]>();
  const ordered = [...conversations.filter((item) => item.pinned), ...conversations.filter((item) => !item.pinned)];
  for (const item of ordered) {
    const label = item.pinned ? 'Pinned' : dayLabel(new Date(item.updated_at), now);
    const group = groups.get(label);
    if (group) group.push(item);
    else groups.set(label, [item]);
  }
  return [...groups].map(([label, items]) => ({ label, items }));
}

function dayLabel(date: Date, now: Date): string {
  // Rounded, because a day with a clock change has 23 or 25 hours.
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
  if (Number.isNaN(days)) return 'Earlier';
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days < 7) return 'Last 7 days';
  if (days < 30) return 'Last 30 days';
  const sameYear = date.getFullYear() === now.getFullYear();
  return date.toLocaleDateString('en', sameYear ? { month: 'long' } : { month: 'long', year: 'numeric' });
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
