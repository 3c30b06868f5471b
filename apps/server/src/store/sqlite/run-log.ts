import type { DatabaseSync } from 'node:sqlite';
import { AppError, applyEvents, type ChatEvent, type Message, type Run, type RunStatus } from '@lightchat/protocol';
import type { NewRun, Owner, RunEnd, RunLog } from '../../engine/ports.ts';
import { createLiveRun, type LiveRun } from '../kit/live-run.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { createGroupCommit } from './group-commit.ts';
import { insertRun } from './insert-run.ts';
import { readRun } from './read-run.ts';
import { type MessageRow, type RunRow, toJson, toMessage, toRun } from './rows.ts';
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
  const live = new Map<string, LiveRun>();
  const runById = database.prepare('SELECT * FROM runs WHERE owner = ? AND id = ?');
  const runByKey = database.prepare('SELECT * FROM runs WHERE owner = ? AND idempotency_key = ?');
  const unfinished = database.prepare('SELECT * FROM runs WHERE finished_at IS NULL ORDER BY position');
  const messageById = database.prepare('SELECT * FROM messages WHERE id = ?');
  const finishRun = database.prepare(`
    UPDATE runs SET status = ?, attempts = ?, next_index = ?, finish_reason = ?, usage = ?, error = ?, finished_at = ?,
      provider_id = ?, model_id = ?, duration_ms = ?, first_output_ms = ?
    WHERE position = ? AND finished_at IS NULL`);
  const finishMessage = database.prepare(
    `UPDATE messages SET parts = ?, status = ?, finish_reason = ?, usage = ?, error = ?, provider_id = ?, model_id = ?
     WHERE id = ?`,
  );
  const touch = database.prepare('UPDATE conversations SET updated_at = ? WHERE id = ?');

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

  /** undefined when the run has its end already, even one of the same transaction; else to be called when committed. */
  function writeEnd(owner: Owner, position: number, end: RunEnd): (() => void) | undefined {
    const finished = end.events.at(-1);
    if (finished?.type !== 'run-finished') throw new Error('a run ends with run-finished');
    const { message } = end;
    const usage = toJson(message.usage);
    const error = toJson(message.error);
    const { status, finish_reason, finished_at, duration_ms } = finished;
    const { first_output_ms } = end;
    const provider_id = message.provider_id ?? '';
    const model_id = message.model_id ?? '';
    const next_index = finished.index + 1;
    const ended = finishRun.run(
      status,
      end.attempts,
      next_index,
      finish_reason,
      usage,
      error,
      finished_at,
      provider_id,
      model_id,
      duration_ms,
      first_output_ms,
      position,
    );
    if (ended.changes === 0) return undefined;
    const committed = events.append(position, end.events);
    const parts = JSON.stringify(message.parts);
    finishMessage.run(parts, message.status, finish_reason, usage, error, provider_id, model_id, message.id);
    touch.run(finished_at, message.conversation_id);
    const used = { provider_id, model_id, status, usage: message.usage, duration_ms, first_output_ms };
    usageLog.write(owner, used, finished_at);
    return committed;
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
      let committed = () => {};
      return group.add(
        () => {
          committed = events.append(run.position, batch);
        },
        () => {
          committed();
          run.nextIndex += batch.length;
          run.publish(batch);
        },
        run.nextIndex === FIRST_OUTPUT,
      );
    },

    async finish(owner, runId, end) {
      const run = live.get(runId);
      if (run?.owner !== owner) return;
      let committed: (() => void) | undefined;
      await group.add(
        () => {
          committed = writeEnd(owner, run.position, end);
        },
        () => {
          if (!committed) return;
          committed();
          live.delete(runId);
          run.publish(end.events);
          run.end();
        },
      );
    },

    async get(owner, runId) {
      const row = rowOf(owner, runId);
      return row && current(row);
    },

    read(owner, runId, from, signal) {
      const row = rowOf(owner, runId);
      if (!row) throw new AppError('NOT_FOUND', 'There is no such run.');
      return readRun(events, row.position, () => live.get(runId), from, signal);
    },

    async settleDead(now) {
      const rows = unfinished.all() as unknown as RunRow[];
      events.recover(rows.map(({ position }) => position));
      for (const row of rows) {
        let committed: (() => void) | undefined;
        const message = toMessage(messageById.get(row.message_id) as unknown as MessageRow);
        const end = interruption(events.all(row.position), message, row, now);
        // Urgent: a thousand dead runs must not wait for a thousand groups of one.
        await group.add(
          () => {
            committed = writeEnd(row.owner, row.position, end);
          },
          () => committed?.(),
          true,
        );
      }
      return rows.length;
    },

    close: () => group.flush(),
  };
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
