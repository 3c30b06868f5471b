import type { FastifyBaseLogger } from 'fastify';
import type { Logger } from '../../engine/ports.ts';

/**
 * What Fastify can only log, because the head of the answer is sent: a stream that broke in its middle.
 * Nothing else of what it says is kept.
 */
export function failuresInto(logger: Logger): FastifyBaseLogger {
  const failed = (about: unknown) => {
    const { err } = about as { err?: unknown };
    const error = err instanceof Error ? (err.stack ?? err.message) : String(err ?? about);
    logger.write({ role: 'error', event_type: 'stream_failed', content: 'An answer broke', details: { error } });
  };
  const nothing = () => {};
  const log: FastifyBaseLogger = {
    level: 'error',
    fatal: failed,
    error: failed,
    warn: nothing,
    info: nothing,
    debug: nothing,
    trace: nothing,
    silent: nothing,
    child: () => log,
  };
  return log;
}
