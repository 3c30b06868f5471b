import { AppError, type UsageDimension, type UsageSummary, usageQuerySchema } from '@lightchat/protocol';
import type { FastifyInstance } from 'fastify';
import type { Clock, UsageReader } from '../../../engine/ports.ts';
import { LOCAL_OWNER } from '../../kit/context.ts';
import { parse } from '../../kit/validate.ts';

export interface UsageContext {
  usage: UsageReader;
  clock: Clock;
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const MOST_DAYS = 366;

/** `GET /usage`: what answers used, by day, provider and model. */
export function usageSurface(app: FastifyInstance, { usage, clock }: UsageContext): void {
  app.get('/usage', async (request, reply): Promise<UsageSummary> => {
    const query = parse(usageQuerySchema, request.query);
    const to = query.to ?? clock.now().slice(0, 10);
    const from = query.from ?? daysBefore(to, USUAL_DAYS - 1);
    refuseBadSpan(from, to);
    const by = [...new Set(query.by.split(',') as UsageDimension[])];
    reply.header('cache-control', 'no-store');
    return { from, to, by, ...(await usage.summarise(LOCAL_OWNER, { from, to, by })) };
  });
}

function daysBefore(day: string, days: number): string {
  // Before year 1 there is no day to write.
  return new Date(Math.max(Date.parse(day) - days * DAY_MS, Date.parse('0001-01-01'))).toISOString().slice(0, 10);
}

function refuseBadSpan(from: string, to: string): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days >= 1 && days <= MOST_DAYS) return;
  const message = days < 1 ? `lies after the last day, ${to}` : `at most ${MOST_DAYS} days can be asked for at once`;
  throw new AppError('INVALID_REQUEST', `The request is not valid: from: ${message}`, {
    details: { issues: [{ path: 'from', message }] },
  });
}
