/**
 * Sums of the usage log. They are made in slices, between which others have their turn: a million answers take
 * seconds, and no stream may wait for them. The sums of days that are over are kept, as nothing is added to them.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Owner, UsageEntry, UsageReader } from '../../engine/ports.ts';
import { newTally, summariseTallies, type Tally, tallyAnswer } from '../kit/usage-tally.ts';
import { whenNotBusy } from './when-not-busy.ts';

/** Answers read in one go: some milliseconds. */
const SLICE = 2000;
const DAY_MS = 86_400_000;
/** An answer may be stored a little after it ended, so a day is over a while after midnight. */
const SETTLED_AFTER_MS = 600_000;
/** Owners times days; the oldest sum goes when there are more. */
const MOST_KEPT = 2000;

type Row = [
  position: number,
  created_at: string,
  provider_id: string,
  model_id: string,
  status: UsageEntry['status'],
  prompt_tokens: number | null,
  completion_tokens: number | null,
  estimated: number,
  duration_ms: number,
  first_output_ms: number | null,
];

export function createUsageReader(database: DatabaseSync, now: () => number = Date.now): UsageReader {
  const firstDay = database.prepare('SELECT min(created_at) FROM usage WHERE owner = ? AND created_at >= ?');
  const slice = database.prepare(`
    SELECT position, created_at, provider_id, model_id, status, prompt_tokens, completion_tokens, estimated,
      duration_ms, first_output_ms
    FROM usage WHERE owner = ? AND (created_at, position) > (?, ?) AND created_at < ?
    ORDER BY created_at, position LIMIT ${SLICE}`);
  for (const statement of [firstDay, slice]) statement.setReturnArrays(true);
  const kept = new Map<string, Tally[]>();

  async function tallyDay(owner: Owner, day: string): Promise<Tally[]> {
    const key = `${day} ${owner}`;
    const known = kept.get(key);
    if (known) return known;
    const isOver = Date.parse(day) + DAY_MS + SETTLED_AFTER_MS < now();
    const tallies = await readDay(owner, day);
    if (isOver) {
      kept.set(key, tallies);
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest) kept.delete(oldest);
    }
    return tallies;
  }

  async function readDay(owner: Owner, day: string): Promise<Tally[]> {
    const tallies = new Map<string, Tally>();
    const end = dayAfter(day);
    let [after, position]: [string, number] = [day, 0];
    for (;;) {
      const rows = await whenNotBusy(() => slice.all(owner, after, position, end) as unknown as Row[]);
      for (const row of rows) tallyRow(tallies, day, row);
      const last = rows.at(-1);
      if (!last || rows.length < SLICE) return [...tallies.values()];
      [position, after] = last;
      await othersTurn();
    }
  }

  return {
    async summarise(owner, { from, to, by }) {
      const tallies: Tally[] = [];
      const end = dayAfter(to);
      // Empty days are jumped over: a year of them would cost as many questions.
      for (let next = from; ; ) {
        const [at] = await whenNotBusy(() => firstDay.get(owner, next) as unknown as [string | null]);
        if (at === null || at >= end) break;
        const day = at.slice(0, 10);
        tallies.push(...(await tallyDay(owner, day)));
        next = dayAfter(day);
        await othersTurn();
      }
      return summariseTallies(tallies, by);
    },
  };
}

function tallyRow(tallies: Map<string, Tally>, day: string, row: Row): void {
  const [, , provider_id, model_id, status, prompt_tokens, completion_tokens, estimated, duration_ms, first] = row;
  const key = `${provider_id}/${model_id}`;
  let tally = tallies.get(key);
  if (!tally) {
    tally = newTally(day, provider_id, model_id);
    tallies.set(key, tally);
  }
  const counted = { prompt_tokens, completion_tokens, estimated: estimated === 1 };
  tallyAnswer(tally, { status, ...counted, duration_ms, first_output_ms: first });
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}
