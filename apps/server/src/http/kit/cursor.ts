import { AppError, type Cursor, isTerminal, parseCursor, type Run } from '@lightchat/protocol';
import type { FastifyRequest } from 'fastify';

/** The `Last-Event-ID` a reconnecting client sent, or undefined. Throws INVALID_REQUEST when it is not one of ours. */
export function lastEventId(request: FastifyRequest): Cursor | undefined {
  const text = request.headers['last-event-id'];
  if (text === undefined || text === '') return undefined;
  const cursor = typeof text === 'string' ? parseCursor(text) : undefined;
  if (cursor) return cursor;
  throw new AppError('INVALID_REQUEST', 'The Last-Event-ID is not one that LightChat gave out.', {
    details: { issues: [{ path: 'Last-Event-ID', message: 'expected <run id>:<index>' }] },
  });
}

/** Throws CONFLICT when the viewer claims to have seen events that a run at work has not produced. */
export function refuseFuture(run: Run, from: number): void {
  if (from <= run.next_index || isTerminal(run.status)) return;
  throw new AppError('CONFLICT', 'This cursor is ahead of the run. Start again from next_index, or from 0.', {
    details: { next_index: run.next_index, run_id: run.id },
  });
}
