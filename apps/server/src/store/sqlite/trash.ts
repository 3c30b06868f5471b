/** Removes for good what was deleted long ago, a few milliseconds at a time. */
import type { DatabaseSync } from 'node:sqlite';
import type { Trash } from '../../engine/ports.ts';
import { keptSince } from '../kit/kept-since.ts';
import { inTransaction } from './transaction.ts';
import { whenNotBusy } from './when-not-busy.ts';

/** How long one piece may hold up everybody else. */
const PIECE_MS = 4;
/** Rows of the event log that are removed at once. */
const EVENTS = 500;

/** `unfinished`: conversations that are being added and look like deleted ones. */
export function createTrash(database: DatabaseSync, unfinished: ReadonlySet<string>): Trash {
  // An answer that could not be ended yet is still being written.
  const oldConversations = database.prepare(`
    SELECT id FROM conversations c WHERE deleted_at < ?
      AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.conversation_id = c.id AND r.finished_at IS NULL) LIMIT 100`);
  const messageOf = database.prepare('SELECT position, run_id FROM messages WHERE conversation_id = ? LIMIT 1');
  // The newest first: it has nothing below it. From the other end, each step would look at the whole branch.
  const oldMessage = database.prepare(`
    SELECT position, run_id FROM messages m WHERE hidden_at < ?
      AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = m.run_id AND r.finished_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM messages below WHERE below.conversation_id = m.conversation_id AND below.parent_id = m.id)
    ORDER BY hidden_at DESC, position DESC LIMIT 1`);
  const runById = database.prepare('SELECT position, batches FROM runs WHERE id = ?');
  const deleteEvents = database.prepare('DELETE FROM run_events WHERE position IN (SELECT value FROM json_each(?))');
  const keepBatches = database.prepare('UPDATE runs SET batches = ? WHERE position = ?');
  const deleteRun = database.prepare('DELETE FROM runs WHERE position = ?');
  const deleteMessage = database.prepare('DELETE FROM messages WHERE position = ?');
  const deleteConversation = database.prepare('DELETE FROM conversations WHERE id = ?');

  /** One step towards removing a message with its run. */
  function stepOfMessage({ position, run_id }: MessagePlace): void {
    const run = run_id === null ? undefined : (runById.get(run_id) as RunPlace | undefined);
    if (!run) {
      deleteMessage.run(position);
      return;
    }
    const batches = JSON.parse(run.batches) as number[];
    deleteEvents.run(JSON.stringify(batches.slice(0, EVENTS)));
    if (batches.length > EVENTS) keepBatches.run(JSON.stringify(batches.slice(EVENTS)), run.position);
    else deleteRun.run(run.position);
  }

  function step(before: string): boolean {
    const conversation = oldConversations.all(before).find(({ id }) => !unfinished.has(String(id)));
    const id = conversation && String(conversation.id);
    const message = (id === undefined ? oldMessage.get(before) : messageOf.get(id)) as MessagePlace | undefined;
    if (message) stepOfMessage(message);
    else if (id !== undefined) deleteConversation.run(id);
    return message !== undefined || id !== undefined;
  }

  return {
    purge: (now) =>
      whenNotBusy(() =>
        inTransaction(database, () => {
          const before = keptSince(now);
          const until = performance.now() + PIECE_MS;
          while (step(before)) if (performance.now() >= until) return true;
          return false;
        }),
      ),
  };
}

interface MessagePlace {
  position: number;
  run_id: string | null;
}

interface RunPlace {
  position: number;
  batches: string;
}
