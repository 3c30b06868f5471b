/** What can be wrong with a response itself, whoever sent it. */
import { cleanText, htmlTitle } from './clean-text.ts';
import { type Failure, failureOf } from './failure.ts';
import type { Target } from './target.ts';

/** Bytes of an unreadable event that go into the details. */
const MAX_RAW = 500;

export function noHeaders(target: Target, ms: number): Failure {
  const message = `${target.name} (${target.host}) did not begin to answer within ${ms / 1000} s.`;
  return failureOf(target, 'PROVIDER_TIMEOUT', message, {
    retry: 'before-output',
    details: { reason: 'headers_timeout' },
  });
}

export function silent(target: Target, ms: number): Failure {
  const message = `${target.name} (${target.host}) fell silent: nothing new came for ${ms / 1000} s.`;
  return failureOf(target, 'PROVIDER_TIMEOUT', message, {
    retry: 'before-output',
    details: { reason: 'idle_timeout' },
  });
}

export function tooLarge(target: Target, bytes: number): Failure {
  const message = `${target.name} sent one event larger than ${bytes} bytes, so the answer was cut off.`;
  return failureOf(target, 'PROVIDER_ERROR', message, { retry: 'never', details: { reason: 'event_too_large' } });
}

export function badEvent(target: Target, raw: string): Failure {
  const message = `${target.name} sent something that is not valid JSON, so the answer cannot be trusted to be complete.`;
  const details = { reason: 'bad_upstream_event', excerpt: cleanText(raw, target.secret, MAX_RAW) };
  return failureOf(target, 'PROVIDER_ERROR', message, { retry: 'before-output', details });
}

/** A captive portal, a proxy's page, a web application on this port. */
export function pageInstead(target: Target, html: string): Failure {
  const title = cleanText(htmlTitle(html) ?? '', target.secret, 120);
  const named = title ? ` ("${title}")` : '';
  const message = `${target.host} answered with a web page${named} instead of a model's answer. Check host in settings, and whether the network wants a login.`;
  return failureOf(target, 'PROVIDER_ERROR', message, { retry: 'never', details: { reason: 'not_an_api' } });
}

export function redirected(target: Target, status: number, location: string | string[] | undefined): Failure {
  const to = typeof location === 'string' ? URL.parse(location, target.origin)?.origin : undefined;
  const where = to ? ` to ${cleanText(to, target.secret, 120)}` : '';
  const message = `${target.host} wants to redirect${where} (${status}). LightChat does not follow, so that the key goes nowhere else. If that address is right, set it as host in settings.`;
  return failureOf(target, 'PROVIDER_ERROR', message, { retry: 'never', details: { reason: 'redirected', status } });
}

export function compressed(target: Target): Failure {
  const message = `${target.host} compressed its answer although it was asked not to.`;
  return failureOf(target, 'PROVIDER_ERROR', message, { retry: 'never', details: { reason: 'compressed' } });
}

/** A fault of our own while reading. */
export function broken(target: Target, cause: unknown): Failure {
  const message = 'The answer could not be read because of a fault in LightChat.';
  const details = { cause: cause instanceof Error ? cause.name : typeof cause };
  return failureOf(target, 'INTERNAL', message, { retry: 'never', details });
}
