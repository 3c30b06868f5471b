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
  const foreignOrigin = headerValues(request, 'origin').some((origin) => origin !== `http://${host?.toLowerCase()}`);
  return isFromElsewhere(request) || foreignOrigin;
}

/**
 * Whether another site's page loads this into itself: as a picture, a script or by `fetch`. It could not read the answer,
 * but it would make the work, and how long that takes tells something too. Links to here are followed.
 */
export function isLoadedElsewhere(request: IncomingMessage): boolean {
  const isLink =
    headerValues(request, 'sec-fetch-mode').join() === 'navigate' &&
    headerValues(request, 'sec-fetch-dest').join() === 'document';
  return !isLink && isFromElsewhere(request);
}

function isFromElsewhere(request: IncomingMessage): boolean {
  return headerValues(request, 'sec-fetch-site').some((site) => site !== 'same-origin' && site !== 'none');
}

/** What a script (EventSource, fetch) and a person who opens an address send as `Sec-Fetch-Dest`. */
const ASKING = new Set(['empty', 'document']);

/** For the one GET that starts something: not for other sites, nor for a picture or frame of our own page. Throws FORBIDDEN. */
export function refuseForeign(request: IncomingMessage): void {
  const isEmbedded = headerValues(request, 'sec-fetch-dest').some((destination) => !ASKING.has(destination));
  if (isEmbedded || isForeign(request)) throw new AppError('FORBIDDEN', 'Another site may not start an answer here.');
}
