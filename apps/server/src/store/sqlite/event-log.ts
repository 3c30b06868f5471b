/** The rows of a run's events. Knows nothing of owners: callers have found the run by its owner first. */
import type { DatabaseSync } from 'node:sqlite';
import type { ChatEvent } from '@lightchat/protocol';
import { type EventRow, kindAndBody, toEvents } from './rows.ts';

/** Rows a page may have, and characters after which it ends: what one read holds in memory. */
const PAGE_ROWS = 512;
const PAGE_CHARACTERS = 65_536;

export interface EventLog {
  append(run: number, events: readonly ChatEvent[]): void;
  /** The next page of events with index >= from, and whether it is the last one stored now. Only the last may be empty. */
  page(run: number, from: number): { events: ChatEvent[]; last: boolean };
  /** Everything stored of a run. */
  all(run: number): ChatEvent[];
  /** Index after the last stored event. */
  nextIndex(run: number): number;
}

export function createEventLog(database: DatabaseSync): EventLog {
  const insert = database.prepare('INSERT INTO run_events (run, first_index, kind, body) VALUES (?, ?, ?, ?)');
  // A batch may begin before `from`: start at the last one that does.
  const select = database.prepare(`
    SELECT first_index, kind, body FROM run_events
    WHERE run = ?1 AND first_index >= coalesce(
      (SELECT max(first_index) FROM run_events WHERE run = ?1 AND first_index <= ?2), ?2)
    ORDER BY first_index LIMIT ${PAGE_ROWS}`);
  const lastRow = database.prepare(
    'SELECT first_index, kind, body FROM run_events WHERE run = ? ORDER BY first_index DESC LIMIT 1',
  );

  function page(run: number, from: number): { events: ChatEvent[]; last: boolean } {
    const events: ChatEvent[] = [];
    let rows = 0;
    let characters = 0;
    for (const row of select.iterate(run, from) as Iterable<unknown> as Iterable<EventRow>) {
      rows += 1;
      characters += row.body.length;
      for (const event of toEvents(row)) if (event.index >= from) events.push(event);
      // A large batch that lies before `from` fills no page: without an event nobody could go on from here.
      if (characters > PAGE_CHARACTERS && events.length > 0) return { events, last: false };
    }
    return { events, last: rows < PAGE_ROWS };
  }

  return {
    append(run, events) {
      const [first] = events;
      if (first) insert.run(run, first.index, ...kindAndBody(events));
    },
    page,
    all(run) {
      const events: ChatEvent[] = [];
      for (;;) {
        const next = page(run, events.length);
        for (const event of next.events) events.push(event);
        if (next.last) return events;
      }
    },
    nextIndex(run) {
      const row = lastRow.get(run) as EventRow | undefined;
      return row ? row.first_index + toEvents(row).length : 0;
    },
  };
}
