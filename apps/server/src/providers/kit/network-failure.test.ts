import { describe, expect, it } from 'vitest';
import { networkFailure } from './network-failure.ts';
import { readTarget } from './target.ts';

const target = readTarget(
  { id: 'p', type: 'openai', host: 'https://models.example.com/v1', name: 'The Box' },
  { remedy: 'Start it.', address_remedy: '' },
);
const fail = (code: string, answered = false) =>
  networkFailure(target, Object.assign(new Error('why'), { code }), answered);

describe('broken connections', () => {
  it.each([
    ['ECONNREFUSED', 'safe', /connection refused\. Start it\./],
    ['UND_ERR_CONNECT_TIMEOUT', 'safe', /does not answer/],
    ['ENOTFOUND', 'never', /no host of this name/],
    ['EAI_AGAIN', 'safe', /could not be looked up/],
    ['ENETUNREACH', 'safe', /no way to this host/],
    ['ECONNRESET', 'before-output', /closed the connection before it answered/],
    ['HPE_INVALID_CONSTANT', 'never', /does not speak HTTP/],
  ])('[U1] [U2] %s', (code, retry, message) => {
    const failure = fail(code);
    expect(failure.error).toMatchObject({ error_code: 'PROVIDER_UNREACHABLE', details: { cause: code } });
    expect(failure.error.message).toMatch(message);
    expect(failure.error.message).toContain('The Box is not reachable at models.example.com:443');
    expect(failure.retry).toBe(retry);
  });

  it.each(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EPROTO'])(
    '[U3] %s is final, and nothing is downgraded',
    (code) => {
      const { error, retry } = fail(code);
      expect([error.error_code, retry]).toEqual(['PROVIDER_UNREACHABLE', 'never']);
      expect(error.message).toContain('certificate or encryption');
    },
  );

  it('[U7] after the headers it is an answer that broke off', () => {
    expect(fail('ECONNRESET', true)).toMatchObject({
      retry: 'before-output',
      error: { error_code: 'STREAM_INTERRUPTED' },
    });
  });

  it('[U1] the failures of several addresses are one failure', () => {
    const each = Object.assign(new Error('v6'), { code: 'ECONNREFUSED' });
    expect(networkFailure(target, new AggregateError([each, each], 'both failed'), false).retry).toBe('safe');
  });
});
