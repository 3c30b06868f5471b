import type { LogEntry } from '@lightchat/protocol';
import { useLayoutEffect, useRef } from 'react';
import type { LogTail } from '../../client/api.ts';
import { useLogs } from '../../client/queries.ts';
import { NoticeStrip } from '../../ui/notice-strip.tsx';
import { LogLine } from './log-line.tsx';

/** The end of the newest log, followed while it is open. */
export default function LogDrawer() {
  const { data, error } = useLogs();
  const list = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const entries = data?.entries ?? [];
  const newest = entries.at(-1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new last line is a reason to scroll
  useLayoutEffect(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [newest?.ts, entries.length]);

  return (
    <>
      <p className="border-hairline border-b px-5 py-2 font-mono text-subtle text-xs [overflow-wrap:anywhere]">
        {data?.file
          ? [data.dir, data.file].filter(Boolean).join(' · ')
          : (data?.dir ?? 'The newest log of this server')}
      </p>
      {error && (
        <div className="p-3 pb-0">
          <NoticeStrip tone="danger">{error.message}</NoticeStrip>
        </div>
      )}
      <section
        ref={list}
        aria-label="Log entries"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto p-3 outline-offset-[-2px]"
        onScroll={({ currentTarget: { scrollHeight, clientHeight, scrollTop } }) => {
          atEnd.current = scrollHeight - clientHeight - scrollTop < 40;
        }}
      >
        {entries.length === 0 && <p className="py-16 text-center text-muted text-sm">{emptyWords(data, error)}</p>}
        <ol className="flex flex-col gap-px">
          {keyed(entries).map(({ key, entry }) => (
            <LogLine key={key} entry={entry} />
          ))}
        </ol>
      </section>
    </>
  );
}

function emptyWords(tail: LogTail | undefined, error: Error | null): string {
  if (tail?.enabled === false) return 'Logging is off: logging_enabled is false in settings.yaml.';
  if (tail) return 'Nothing has been logged yet. Every message will leave a line here.';
  return error ? 'The log could not be read.' : 'Loading…';
}

/** Lines have no id; equal times are told apart by their order, so that a line keeps its element as older ones leave. */
function keyed(entries: readonly LogEntry[]): { key: string; entry: LogEntry }[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const count = seen.get(entry.ts) ?? 0;
    seen.set(entry.ts, count + 1);
    return { key: `${entry.ts}#${count}`, entry };
  });
}
