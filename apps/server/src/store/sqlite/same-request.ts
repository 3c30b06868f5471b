import { AppError } from '@lightchat/protocol';
import type { RunRow } from './rows.ts';

/** The same key for another request is the caller's mistake, and must not return a stranger's answer. */
export function sameRequest(row: RunRow, fingerprint: string | null): RunRow {
  if (fingerprint === null || row.fingerprint === fingerprint) return row;
  throw new AppError(
    'IDEMPOTENCY_KEY_REUSED',
    'This idempotency key was used for a different request. Use a new key for a new request.',
    { details: { run_id: row.id } },
  );
}
