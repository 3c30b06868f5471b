import type { DatabaseSync } from 'node:sqlite';
import type { Owner, UsageEntry, UsageLog } from '../../engine/ports.ts';
import type { GroupCommit } from './group-commit.ts';

export interface SqliteUsageLog extends UsageLog {
  /** Writes an entry inside a transaction of the caller. `at`: ISO 8601 UTC. */
  write(owner: Owner, entry: UsageEntry, at: string): void;
}

export function createUsageLog(database: DatabaseSync, group: GroupCommit): SqliteUsageLog {
  const insert = database.prepare(`
    INSERT INTO usage (owner, provider_id, model_id, status, prompt_tokens, completion_tokens, estimated,
      duration_ms, first_output_ms, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);

  function write(owner: Owner, entry: UsageEntry, at: string): void {
    const { provider_id, model_id, status, usage, duration_ms, first_output_ms } = entry;
    const counted = usage ? [usage.prompt_tokens, usage.completion_tokens, Number(usage.estimated ?? false)] : [];
    const [prompt = null, completion = null, estimated = 0] = counted;
    insert.run(owner, provider_id, model_id, status, prompt, completion, estimated, duration_ms, first_output_ms, at);
  }

  return {
    write,
    record(owner, entry) {
      const at = new Date().toISOString();
      // A disk that takes nothing more costs a line of statistics, and no answer.
      group.add({ write: () => write(owner, entry, at), committed() {} }).catch(() => {});
    },
  };
}
