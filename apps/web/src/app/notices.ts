/** Words for everyone: short notices on screen, and announcements for screen readers. */
import { create } from 'zustand';

export interface Notice {
  id: number;
  text: string;
  tone: 'neutral' | 'danger';
  action?: { label: string; run: () => void };
}

interface Notices {
  notices: Notice[];
  /** Said once by screen readers; a different `n` makes the same words new. */
  announcement: { text: string; n: number };
  dismiss: (id: number) => void;
}

let count = 0;

export const useNotices = create<Notices>((set) => ({
  notices: [],
  announcement: { text: '', n: 0 },
  dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
}));

/** Shows a notice at the edge of the page. Errors are also shown where they happened. */
export function notify(notice: Omit<Notice, 'id' | 'tone'> & { tone?: Notice['tone'] }): void {
  count += 1;
  const entry: Notice = { tone: 'neutral', ...notice, id: count };
  // More than three would cover what they are about.
  useNotices.setState(({ notices }) => ({ notices: [...notices.slice(-2), entry] }));
}

export function announce(text: string): void {
  count += 1;
  useNotices.setState({ announcement: { text, n: count } });
}
