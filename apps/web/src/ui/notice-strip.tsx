import { CircleAlert, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface NoticeAction {
  label: string;
  run: () => void;
}

interface NoticeStripProps {
  tone: 'neutral' | 'warning' | 'danger';
  id?: string;
  action?: NoticeAction | undefined;
  secondary?: NoticeAction | undefined;
  children: ReactNode;
}

/** A line that stays while something is so, with what can be done about it. */
export function NoticeStrip({ tone, id, action, secondary, children }: NoticeStripProps) {
  const Icon = tone === 'neutral' ? Info : CircleAlert;
  const colour = tone === 'danger' ? 'text-danger' : tone === 'warning' ? 'text-warning' : 'text-subtle';
  return (
    <div id={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-surface px-3 py-2 text-sm">
      <div className="flex min-w-[min(16rem,100%)] flex-1 items-start gap-2.5">
        <Icon aria-hidden size={16} className={cx('mt-0.5 shrink-0', colour)} />
        <p className="min-w-0 text-muted [overflow-wrap:anywhere]">{children}</p>
      </div>
      {[action, secondary].map(
        (entry) =>
          entry && (
            <button
              key={entry.label}
              type="button"
              className="min-h-7 shrink-0 rounded-sm px-1.5 font-medium text-link hover:underline pointer-coarse:min-h-11"
              onClick={entry.run}
            >
              {entry.label}
            </button>
          ),
      )}
    </div>
  );
}
