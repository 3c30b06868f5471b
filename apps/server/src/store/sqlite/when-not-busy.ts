import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy, toStorageError } from './storage-errors.ts';

const RETRY_MS = 50;
const LIMIT_MS = 5000;

/** Runs a transaction, again while another program holds the lock, without blocking the event loop. */
export async function whenNotBusy<T>(transaction: () => T): Promise<T> {
  const since = performance.now();
  for (;;) {
    try {
      return transaction();
    } catch (error) {
      if (!isBusy(error) || performance.now() - since > LIMIT_MS) throw toStorageError(error);
    }
    await sleep(RETRY_MS);
  }
}
