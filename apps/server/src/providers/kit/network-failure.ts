/** What a broken connection means, by the code of the error that undici or the system gave. */
import { cleanText } from './clean-text.ts';
import { type Failure, failureOf } from './failure.ts';
import type { Target } from './target.ts';

const TLS = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/;

/** `answered`: whether response headers had come, so that what was read is the beginning of an answer. */
export function networkFailure(target: Target, error: Error, answered: boolean): Failure {
  const code = codeOf(error);
  const details = { cause: code };
  const place = `${target.name} (${target.host})`;
  if (answered) {
    const message = `The connection to ${place} broke before the answer was complete.`;
    return failureOf(target, 'STREAM_INTERRUPTED', message, { retry: 'before-output', details });
  }
  const unreachable = (why: string, retry: Failure['retry']) =>
    failureOf(target, 'PROVIDER_UNREACHABLE', `${target.name} is not reachable at ${target.host}: ${why}`, {
      retry,
      details,
    });

  if (code === 'ECONNREFUSED') return unreachable(`connection refused. ${target.remedy}`, 'safe');
  if (code === 'ENOTFOUND') return unreachable('there is no host of this name. Check host in settings.', 'never');
  if (code === 'EAI_AGAIN') return unreachable('its name could not be looked up. Is the network up?', 'safe');
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return unreachable(`it does not answer. ${target.remedy}`, 'safe');
  }
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EADDRNOTAVAIL') {
    return unreachable('there is no way to this host. Is the network up?', 'safe');
  }
  if (TLS.test(code)) {
    const why = cleanText(error.message, target.secret, 160);
    return unreachable(
      `its certificate or encryption was not accepted (${why}). Check https and the host name.`,
      'never',
    );
  }
  if (/^HPE_/.test(code))
    return unreachable('what answers there does not speak HTTP. Check host in settings.', 'never');
  return unreachable('it closed the connection before it answered.', 'before-output');
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Happy eyeballs wraps the failures of all addresses.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0]);
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
}
