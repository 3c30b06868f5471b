import { AppError, isAppError } from '@lightchat/protocol';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html) that users can do something about. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The primary result code, or undefined when `error` is not SQLite's. */
function resultCode(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

export function isCorrupt(error: unknown): boolean {
  const code = resultCode(error);
  return code === CORRUPT || code === NOTADB;
}

/** What a failed statement means to the caller. */
export function toStorageError(error: unknown): unknown {
  if (isAppError(error)) return error;
  switch (resultCode(error)) {
    case BUSY:
    case LOCKED:
      return new AppError('STORAGE_BUSY', 'The database is locked by another program. Try again in a moment.', {
        cause: error,
      });
    case FULL:
    case IOERR:
    case READONLY:
    case CANTOPEN:
      return new AppError(
        'STORAGE_FULL',
        'The data folder cannot be read or written: the disk is full or fails. Free some space and try again.',
        { cause: error },
      );
    default:
      return error;
  }
}
