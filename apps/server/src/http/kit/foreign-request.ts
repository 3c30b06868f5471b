import type { IncomingMessage } from 'node:http';
import { AppError } from '@lightchat/protocol';

/** Every value a header was sent with; Node keeps only one of some. */
export function headerValues(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  const raw = request.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() === name) values.push(raw[at + 1] ?? '');
  }
  return values;
}

/**
 * Whether a browser says that another site asks: `Origin` on writes, `Sec-Fetch-Site` on everything.
 * Another port of this machine is another site. Programs that are not browsers say neither.
 */
export function isForeign(request: IncomingMessage): boolean {
  const [host] = headerValues(request, 'host');
  const foreignSite = headerValues(request, 'sec-fetch-site').some((site) => site !== 'same-origin' && site !== 'none');
  const foreignOrigin = headerValues(request, 'origin').some((origin) => origin !== `http://${host?.toLowerCase()}`);
  return foreignSite || foreignOrigin;
}

/** For the one GET that starts something. Throws FORBIDDEN. */
export function refuseForeign(request: IncomingMessage): void {
  if (isForeign(request)) throw new AppError('FORBIDDEN', 'Another site may not start an answer here.');
}
