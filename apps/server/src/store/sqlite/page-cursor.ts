import { AppError } from '@lightchat/protocol';
import { z } from 'zod';
import type { Owner } from '../../engine/ports.ts';
import type { ConversationRow } from './rows.ts';

const positionSchema = z.tuple([z.string(), z.literal([0, 1]), z.string(), z.string()]);

/** Where a page of conversations ended. Opaque to callers, and bound to the owner it was given to. */
export function formatPageCursor(owner: Owner, row: ConversationRow): string {
  return Buffer.from(JSON.stringify([owner, row.pinned, row.updated_at, row.id])).toString('base64url');
}

/** Throws INVALID_REQUEST on a cursor that this owner was not given. */
export function parsePageCursor(owner: Owner, cursor: string): { pinned: number; updated_at: string; id: string } {
  const result = positionSchema.safeParse(readJson(cursor));
  if (result.success && result.data[0] === owner) {
    const [, pinned, updated_at, id] = result.data;
    return { pinned, updated_at, id };
  }
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
