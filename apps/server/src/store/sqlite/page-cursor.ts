import { AppError } from '@lightchat/protocol';
import * as z from 'zod';
import type { Owner } from '../../engine/ports.ts';

/** Where a page ended. Opaque to callers, and bound to the owner and the list it was given for. */
export function formatPageCursor(owner: Owner, list: string, place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([owner, list, place])).toString('base64url');
}

/** The place in a cursor. Throws INVALID_REQUEST on one that this owner was not given for this list. */
export function parsePageCursor<S extends z.ZodType>(
  owner: Owner,
  list: string,
  place: S,
  cursor: string,
): z.output<S> {
  const result = z.tuple([z.literal(owner), z.literal(list), place]).safeParse(readJson(cursor));
  if (result.success) return result.data[2] as z.output<S>;
  throw new AppError('INVALID_REQUEST', 'This cursor is not one of this list. Start again without a cursor.', {
    details: { issues: [{ path: 'cursor', message: 'not a cursor of this list' }] },
  });
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
