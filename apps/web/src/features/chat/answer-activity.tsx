import { useEffect, useState } from 'react';
import type { Activity } from '../../client/live-run.ts';

interface AnswerActivityProps {
  activity: Activity;
  stopping: boolean;
  /** ISO time at which the answer was asked for. */
  since: string;
  model: string | null;
}

/** Shorter waits need no number. */
const SHOW_SECONDS_AFTER = 4;

/** What the answer is doing right now, as honestly as it is known. */
export function AnswerActivity({ activity, stopping, since, model }: AnswerActivityProps) {
  const writing = activity.kind === 'writing' && !stopping;
  const now = useSeconds(!writing);
  return (
    <div className="flex min-h-7 items-center gap-2.5 text-muted text-sm">
      <span
        aria-hidden
        className="size-2.5 shrink-0 animate-[breathe_1.6s_ease-in-out_infinite] rounded-full bg-accent ring-1 ring-accent-ink"
      />
      {!writing && <span>{stopping ? 'Stopping…' : wordsFor(activity, { now, since, model })}</span>}
    </div>
  );
}

function wordsFor(
  activity: Activity,
  { now, since, model }: { now: number; since: string; model: string | null },
): string {
  const waited = Math.floor((now - Date.parse(since)) / 1000);
  const seconds = waited >= SHOW_SECONDS_AFTER ? ` · ${waited} s` : '';
  switch (activity.kind) {
    case 'sending':
      return 'Reaching LightChat…';
    case 'loading-model':
      return `Loading ${model ?? 'the model'} into memory…${seconds}`;
    case 'retrying': {
      const left = Math.ceil((activity.at - now) / 1000);
      return `${activity.error.message} · ${left > 0 ? `trying again in ${left} s` : 'trying again…'}`;
    }
    default:
      return `Waiting for ${model ?? 'the model'}…${seconds}`;
  }
}

function useSeconds(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
