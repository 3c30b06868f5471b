import type { LogEntry } from '@lightchat/protocol';
import { memo } from 'react';
import { cx } from '../../ui/cx.ts';

const ROLES: Record<LogEntry['role'], string> = {
  user: 'text-link',
  assistant: 'text-accent-ink',
  system: 'text-subtle',
  error: 'text-danger',
};

export const LogLine = memo(function LogLine({ entry }: { entry: LogEntry }) {
  const { ts, role, content, event_type, provider_id, model_id, duration_ms } = entry;
  const about = [
    event_type,
    [provider_id, model_id].filter(Boolean).join('/'),
    duration_ms !== undefined && `${duration_ms} ms`,
  ];
  return (
    <li className="rounded-sm px-2 py-1.5 text-xs leading-relaxed hover:bg-surface">
      <div className="flex flex-wrap gap-x-2.5 font-mono text-subtle">
        <time dateTime={ts}>{timeOf(ts)}</time>
        <span className={cx('font-medium', ROLES[role])}>{role}</span>
        <span className="min-w-0 [overflow-wrap:anywhere]">{about.filter(Boolean).join(' · ')}</span>
      </div>
      {content !== '' && (
        <p className="line-clamp-4 whitespace-pre-wrap text-text [overflow-wrap:anywhere]">{content.slice(0, 2000)}</p>
      )}
    </li>
  );
});

function timeOf(ts: string): string {
  const date = new Date(ts);
  return Number.isNaN(date.getTime()) ? ts : date.toLocaleTimeString('en-GB');
}
