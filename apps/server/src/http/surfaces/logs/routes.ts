// GET /logs: the newest entries of the chat log.
import { type LogEntry, logsQuerySchema } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import { parse } from '../../kit/validate.ts';

/** What this surface needs of the log. */
export interface LogSource {
  tail(limit: number): Promise<{ dir: string; file: string | null; entries: LogEntry[]; enabled?: false }>;
}

/** Adds the route. A missing folder, a torn or a junk line is never an error. */
export function logsSurface(app: FastifyInstance, deps: { log: LogSource }): void {
  app.get('/logs', async (request, reply) => {
    const { limit } = parse(logsQuerySchema, request.query);
    reply.header('cache-control', 'no-store');
    return deps.log.tail(limit);
  });
}
