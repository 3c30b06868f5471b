import type { DatabaseSync } from 'node:sqlite';
import { AppError, applyEvents, type ChatEvent, type Message, type Run, type RunStatus } from '@lightchat/protocol';
import type { NewRun, Owner, RunEnd, RunLog } from '../../engine/ports.ts';
import { createLiveRun, type LiveRun } from '../kit/live-run.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { finishRun } from './finish-run.ts';
import { createGroupCommit, type Work } from './group-commit.ts';
import { insertRun } from './insert-run.ts';
import { readRun } from './read-run.ts';
import { type MessageRow, type RunRow, toMessage, toRun } from './rows.ts';
import { sameRequest } from './same-request.ts';
import { createUsageLog, type SqliteUsageLog } from './usage-log.ts';
import { whenNotBusy } from './when-not-busy.ts';

/** Index of what follows `run-started`: the first that anybody waits for. */
const FIRST_OUTPUT = 1;

/** The run log over SQLite. `close` commits what waits; nothing may be called after it. */
export interface SqliteRunLog extends RunLog {
  events: EventLog;
  usage: SqliteUsageLog;
  close(): void;
}

export function createRunLog(database: DatabaseSync): SqliteRunLog {
  const events = createEventLog(database);
  const group = createGroupCommit(database);
  const usageLog = createUsageLog(database, group);
  const create = insertRun(database, events);
  const finishing = finishRun(database, events, usageLog);
  const live = new Map<string, LiveRun>();
  const runById = database.prepare('SELECT * FROM runs WHERE owner = ? AND id = ?');
  const runByKey = database.prepare('SELECT * FROM runs WHERE owner = ? AND idempotency_key = ?');
  const unfinished = database.prepare('SELECT * FROM runs WHERE finished_at IS NULL ORDER BY position');
  const messageById = database.prepare('SELECT * FROM messages WHERE id = ?');

  function rowOf(owner: Owner, runId: string): RunRow | undefined {
    return runById.get(owner, runId) as RunRow | undefined;
  }

  /** While a run is live its row is as it was at the start: where it stands is in its log. */
  function current(row: RunRow): Run {
    const run = toRun(row);
    return row.finished_at ? run : { ...run, next_index: events.nextIndex(row.position) };
  }

  function liveOf(owner: Owner, runId: string): LiveRun {
    const run = live.get(runId);
    if (run?.owner !== owner) throw new AppError('NOT_FOUND', 'There is no such run at work.');
    return run;
  }

  return {
    events,
    usage: usageLog,

    async create(owner, input: NewRun) {
      const { row, created } = await whenNotBusy(() => create(owner, input));
      if (created) live.set(row.id, createLiveRun(owner, row.position, row.next_index));
      return { run: current(row), created };
    },

    async find(owner, key, fingerprint) {
      const row = runByKey.get(owner, key) as RunRow | undefined;
      return row && current(sameRequest(row, fingerprint));
    },

    append(owner, runId, batch) {
      const run = liveOf(owner, runId);
      return group.add(new Appending(events, run, batch), run.nextIndex === FIRST_OUTPUT);
    },

    async finish(owner, runId, end) {
      const run = live.get(runId);
      if (run?.owner !== owner) return;
      await group.add(
        finishing(owner, run.position, end, () => {
          live.delete(runId);
          run.publish(end.events);
          run.end();
        }),
      );
    },

    async get(owner, runId) {
      const row = rowOf(owner, runId);
      return row && current(row);
    },

    read(owner, runId, from, signal) {
      const working = live.get(runId);
      const run = working?.owner === owner ? working : rowOf(owner, runId);
      if (!run) throw new AppError('NOT_FOUND', 'There is no such run.');
      return readRun(events, run.position, () => live.get(runId), from, signal);
    },

    async settleDead(now) {
      const rows = unfinished.all() as unknown as RunRow[];
      events.recover(rows.map(({ position }) => position));
      for (const row of rows) {
        const message = toMessage(messageById.get(row.message_id) as unknown as MessageRow);
        const end = interruption(events.all(row.position), message, row, now);
        // Urgent: a thousand dead runs must not wait for a thousand groups of one.
        await group.add(
          finishing(row.owner, row.position, end, () => {}),
          true,
        );
      }
      return rows.length;
    },

    close: () => group.flush(),
  };
}

/** A batch on its way into the log. One a token: an object of a class, not a handful of closures. */
class Appending implements Work {
  readonly #events: EventLog;
  readonly #run: LiveRun;
  readonly #batch: readonly ChatEvent[];
  #row = 0;

  constructor(events: EventLog, run: LiveRun, batch: readonly ChatEvent[]) {
    this.#events = events;
    this.#run = run;
    this.#batch = batch;
  }

  write(): void {
    this.#row = this.#events.append(this.#run.position, this.#batch);
  }

  committed(): void {
    this.#events.confirm(this.#run.position, this.#batch, this.#row);
    this.#run.nextIndex += this.#batch.length;
    this.#run.publish(this.#batch);
  }
}

/** How a run ends that its process did not live to end: with everything it had stored. */
function interruption(stored: readonly ChatEvent[], message: Message, row: RunRow, now: string): RunEnd {
  const answer = applyEvents(message, stored);
  const index = stored.length;
  const error = new AppError(
    'STREAM_INTERRUPTED',
    'LightChat stopped unexpectedly while this answer was being written. What had arrived is kept.',
  ).toBody();
  const status: RunStatus = 'interrupted';
  const tail: ChatEvent[] = [
    { type: 'error', index, error },
    {
      type: 'run-finished',
      index: index + 1,
      status,
      finish_reason: status,
      usage: answer.usage,
      duration_ms: Math.max(0, Date.parse(now) - Date.parse(row.created_at)),
      finished_at: now,
    },
  ];
  const attempts = stored.reduce(
    (tries, event) => (event.type === 'retry-scheduled' || event.type === 'fallback-taken' ? event.attempt : tries),
    1,
  );
  return { events: tail, message: applyEvents(answer, tail), attempts, first_output_ms: null };
}
