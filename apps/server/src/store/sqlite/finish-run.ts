/** What the end of a run writes: its last events, its row, its message, and what it used. */
import type { DatabaseSync } from 'node:sqlite';
import type { Owner, RunEnd } from '../../engine/ports.ts';
import type { EventLog } from './event-log.ts';
import type { Work } from './group-commit.ts';
import { toJson } from './rows.ts';
import type { SqliteUsageLog } from './usage-log.ts';

/** `onCommitted` is called when this is the end of the run, and not when it had one already, even in the same transaction. */
export function finishRun(
  database: DatabaseSync,
  events: EventLog,
  usageLog: SqliteUsageLog,
): (owner: Owner, position: number, end: RunEnd, onCommitted: () => void) => Work {
  const finish = database.prepare(`
    UPDATE runs SET status = ?, attempts = ?, next_index = ?, finish_reason = ?, usage = ?, error = ?, finished_at = ?,
      provider_id = ?, model_id = ?, duration_ms = ?, first_output_ms = ?
    WHERE position = ? AND finished_at IS NULL`);
  const finishMessage = database.prepare(
    `UPDATE messages SET parts = ?, status = ?, finish_reason = ?, usage = ?, error = ?, provider_id = ?, model_id = ?
     WHERE id = ?`,
  );
  const touch = database.prepare('UPDATE conversations SET updated_at = ? WHERE id = ?');

  /** The position of the last events; undefined when the run has its end already. */
  function write(owner: Owner, position: number, { events: last, message, attempts, first_output_ms }: RunEnd) {
    const finished = last.at(-1);
    if (finished?.type !== 'run-finished') throw new Error('a run ends with run-finished');
    const usage = toJson(message.usage);
    const error = toJson(message.error);
    const { status, finish_reason, finished_at, duration_ms, index } = finished;
    const provider_id = message.provider_id ?? '';
    const model_id = message.model_id ?? '';
    const about = [status, attempts, index + 1, finish_reason, usage, error, finished_at, provider_id, model_id];
    if (finish.run(...about, duration_ms, first_output_ms, position).changes === 0) return undefined;
    const row = events.append(position, last);
    const parts = JSON.stringify(message.parts);
    finishMessage.run(parts, message.status, finish_reason, usage, error, provider_id, model_id, message.id);
    touch.run(finished_at, message.conversation_id);
    const used = { provider_id, model_id, status, usage: message.usage, duration_ms, first_output_ms };
    usageLog.write(owner, used, finished_at);
    return row;
  }

  return (owner, position, end, onCommitted) => {
    let row: number | undefined;
    return {
      write() {
        row = write(owner, position, end);
      },
      committed() {
        if (row === undefined) return;
        events.confirm(position, end.events, row);
        onCommitted();
      },
    };
  };
}
