/**
 * The runs' events, one row per batch, in the order in which they were written. Where a run's rows are is kept in
 * memory while it is live, and beside the run when it has ended. Knows nothing of owners: callers have found the run
 * by its owner first.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ChatEvent } from '@lightchat/protocol';
import { type EventRow, kindAndBody, toEvents } from './rows.ts';

/** Rows a page may have, and characters after which it ends: what one read holds in memory. */
const PAGE_ROWS = 512;
const PAGE_CHARACTERS = 65_536;

export interface EventLog {
  /**
   * Writes a non-empty batch, inside a transaction, and answers its position, which is to be confirmed when that is
   * committed, and only then. Throws when the batch does not continue what is confirmed of the run.
   */
  append(run: number, events: readonly ChatEvent[]): number;
  confirm(run: number, events: readonly ChatEvent[], position: number): void;
  /** The next page of events with index >= from, and whether it is the last one stored now. Only the last may be empty. */
  page(run: number, from: number): { events: ChatEvent[]; last: boolean };
  /** Everything stored of a run. */
  all(run: number): ChatEvent[];
  /** Index after the last stored event. */
  nextIndex(run: number): number;
  /** Finds the rows of runs that another process left without an end. */
  recover(runs: readonly number[]): void;
}

export function createEventLog(database: DatabaseSync): EventLog {
  const live = new Map<number, LiveRows>();
  const insert = database.prepare('INSERT INTO run_events (run, first_index, kind, body) VALUES (?, ?, ?, ?)');
  const select = database.prepare('SELECT first_index, kind, body FROM run_events WHERE position = ?');
  const since = database.prepare('SELECT position, run FROM run_events WHERE position >= ? ORDER BY position');
  const note = database.prepare('UPDATE runs SET batches = ? WHERE position = ?');
  const noted = database.prepare('SELECT batches FROM runs WHERE position = ?');

  function rowsOf(run: number): readonly number[] {
    const written = live.get(run);
    if (written) return written.rows;
    const { batches } = noted.get(run) as { batches: string };
    return JSON.parse(batches) as number[];
  }

  function batchAt(position: number | undefined): EventRow {
    return select.get(position ?? 0) as unknown as EventRow;
  }

  /** Place of the batch that holds the event `from`. No batch is empty, so the n-th begins at n or later. */
  function placeOf(rows: readonly number[], from: number): number {
    let low = 0;
    let high = Math.min(rows.length - 1, from);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (batchAt(rows[middle]).first_index <= from) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function page(run: number, from: number): { events: ChatEvent[]; last: boolean } {
    const rows = rowsOf(run);
    const events: ChatEvent[] = [];
    const start = placeOf(rows, from);
    let characters = 0;
    for (let place = start; place < rows.length; place += 1) {
      const row = batchAt(rows[place]);
      characters += row.body.length;
      for (const event of toEvents(row)) if (event.index >= from) events.push(event);
      const isFull = place - start + 1 === PAGE_ROWS || characters > PAGE_CHARACTERS;
      // A large batch that lies before `from` fills no page: without an event nobody could go on from here.
      if (isFull && events.length > 0) return { events, last: place === rows.length - 1 };
    }
    return { events, last: true };
  }

  function nextIndex(run: number): number {
    const written = live.get(run);
    if (written) return written.next;
    return endOf(batchAt(rowsOf(run).at(-1)));
  }

  return {
    append(run, events) {
      const first = events[0] as ChatEvent;
      const { rows, next } = live.get(run) ?? NOTHING;
      if (first.index !== next) throw new Error(`event ${first.index} of a run that has ${next}`);
      const [kind, body] = kindAndBody(events);
      const position = Number(insert.run(run, first.index, kind, body).lastInsertRowid);
      if (first.index === 0 || endsRun(events)) note.run(JSON.stringify([...rows, position]), run);
      return position;
    },
    confirm(run, events, position) {
      if (endsRun(events)) {
        live.delete(run);
        return;
      }
      const next = (events[events.length - 1] as ChatEvent).index + 1;
      const written = live.get(run);
      if (!written) {
        live.set(run, { rows: [position], next });
        return;
      }
      written.rows.push(position);
      written.next = next;
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
    nextIndex,
    recover(runs) {
      const found = new Map(runs.map((run) => [run, [] as number[]]));
      const oldest = runs.reduce((least, run) => Math.min(least, rowsOf(run)[0] ?? least), Number.MAX_SAFE_INTEGER);
      for (const { position, run } of since.iterate(oldest) as Iterable<unknown> as Iterable<RowOfRun>) {
        found.get(run)?.push(position);
      }
      for (const [run, rows] of found) {
        live.set(run, { rows, next: endOf(batchAt(rows.at(-1))) });
      }
    },
  };
}

function endsRun(events: readonly ChatEvent[]): boolean {
  return events[events.length - 1]?.type === 'run-finished';
}

function endOf(row: EventRow): number {
  return row.first_index + toEvents(row).length;
}

/** What is committed of a live run: the positions of its rows, and the index of the event that comes next. */
interface LiveRows {
  rows: number[];
  next: number;
}

const NOTHING: LiveRows = { rows: [], next: 0 };

interface RowOfRun {
  position: number;
  run: number;
}
