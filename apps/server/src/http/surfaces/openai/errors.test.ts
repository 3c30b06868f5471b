import { AppError, ERROR_CODES, type ErrorCode } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { toErrorAnswer, toOpenAIError } from './errors.ts';

const body = (code: ErrorCode, details: Record<string, unknown> = {}) =>
  new AppError(code, 'It went wrong.', { details }).toBody();

describe("OpenAI's error object", () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('[CP-1] has every field for %s', (code) => {
    const { status, body: answer } = toErrorAnswer(body(code));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(answer).toEqual({
      error: {
        message: 'It went wrong.',
        type: expect.stringMatching(/_/),
        param: code.includes('MODEL') || code.startsWith('PROVIDER_NOT') ? 'model' : expect.toSatisfy(isTextOrNull),
        code: expect.toSatisfy(isTextOrNull),
      },
    });
  });

  it.each([
    ['MODEL_NOT_FOUND', 404, 'model_not_found'],
    ['PROVIDER_NOT_FOUND', 404, 'model_not_found'],
    ['CONTEXT_LENGTH_EXCEEDED', 400, 'context_length_exceeded'],
    ['RATE_LIMITED', 429, 'rate_limit_exceeded'],
    ['UNAUTHORIZED', 401, 'invalid_api_key'],
    ['PROVIDER_UNAUTHORIZED', 502, 'provider_unauthorized'],
    ['SHUTTING_DOWN', 503, 'server_is_overloaded'],
  ] as const)('[LC-008] %s is %i %s', (error, status, code) => {
    const answer = toErrorAnswer(body(error));
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('[CP-1] names the parameter as OpenAI does', () => {
    const issues = [{ path: 'messages.0.content.1.type', message: 'x' }];
    expect(toOpenAIError(body('INVALID_REQUEST', { issues })).error.param).toBe('messages[0].content[1].type');
    const whole = { issues: [{ path: '', message: 'x' }] };
    expect(toOpenAIError(body('INVALID_REQUEST', whole)).error.param).toBeNull();
  });

  it('[LC-008] says how long to wait, and when there is no use in waiting', () => {
    expect(toErrorAnswer(body('RATE_LIMITED', { retry_after_ms: 1500 })).headers).toEqual({
      'retry-after': '2',
      'retry-after-ms': '1500',
    });
    expect(toErrorAnswer(body('RATE_LIMITED')).headers['retry-after']).toBe('1');
    const spent = toErrorAnswer(body('RATE_LIMITED', { quota_spent: true, retry_after_ms: 1500 }));
    expect(spent).toMatchObject({ status: 429, body: { error: { code: 'insufficient_quota' } } });
    expect(spent.headers).toEqual({ 'x-should-retry': 'false' });
    expect(toErrorAnswer(body('PROVIDER_UNAUTHORIZED')).headers).toEqual({ 'x-should-retry': 'false' });
    expect(toErrorAnswer(body('PROVIDER_UNREACHABLE')).headers).toEqual({});
  });

  it("[LC-008] hands on whose fault the provider's refusal was", () => {
    const of = (status: number) => toErrorAnswer(body('PROVIDER_ERROR', { status }));
    expect(of(400)).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error' } } });
    expect(of(422).status).toBe(400);
    expect(of(402)).toMatchObject({ status: 502, headers: { 'x-should-retry': 'false' } });
    expect(of(500)).toMatchObject({ status: 502, headers: {} });
    expect(of(503)).toMatchObject({ status: 503, body: { error: { code: 'server_is_overloaded' } } });
  });
});

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
