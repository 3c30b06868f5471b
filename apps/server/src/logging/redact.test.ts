import { describe, expect, it } from 'vitest';
import { createRedactor, redactDeep } from './redact.ts';

const redact = createRedactor(['correct-horse', 'correct-horse-battery', 'short', 'a"quote\\back']);

describe('redaction', () => {
  it('[L15] takes out every known secret, the longest first', () => {
    expect(redact('x correct-horse-battery y correct-horse z')).toBe('x [redacted] y [redacted] z');
    expect(redact('say a"quote\\back')).toBe('say [redacted]');
  });

  it('leaves words that are too short to be a secret', () => {
    expect(redact('short and sweet')).toBe('short and sweet');
  });

  it.each([
    ['sk-proj-Abc123Abc123Abc123', '[redacted]'],
    ['key=sk-ant-api03-AAAAAAAAAAAAAAAA.', 'key=[redacted].'],
    ['ghp_0123456789abcdefghij0123456789abcdef', '[redacted]'],
    ['github_pat_11AAAAAAA0123456789abcdef', '[redacted]'],
    ['AIzaSyA0123456789abcdefghijklmnopqrstuv', '[redacted]'],
    ['gsk_0123456789abcdefghij', '[redacted]'],
    ['hf_0123456789abcdefghij', '[redacted]'],
    ['xoxb-0123456789-abcdef', '[redacted]'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJsb2NhbCJ9.c2lnbmF0dXJlLW9mLWl0', '[redacted]'],
    ['Authorization: Bearer abcdefghijklmnop.qrst', 'Authorization: Bearer [redacted]'],
    ['{"api_key": "whatever-it-is"}', '{"api_key": "[redacted]"}'],
    ['x-api-key: whatever-it-is', 'x-api-key: [redacted]'],
    ['http://me:pass@host/v1', 'http://[redacted]@host/v1'],
  ])('[L15] takes out what looks like a key: %s', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it.each([
    'the task-oriented bearer of news',
    'ask-me-anything-about-long-hyphenated-words',
    'http://127.0.0.1:11434/v1',
    'see https://example.org/a:b@c',
    'run_0k3f9sd8f7s9d8f7sd9f87sdf',
  ])('leaves ordinary text: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('reaches every string of plain data, keys too', () => {
    const clean = redactDeep({ 'correct-horse': [{ a: 'correct-horse' }, 5, null, true] }, redact);
    expect(clean).toEqual({ '[redacted]': [{ a: '[redacted]' }, 5, null, true] });
  });

  it('[L16] takes time in proportion to the text, whatever is in it', () => {
    const parts = [
      'sk-',
      'eyJ',
      '-eyJ',
      'eyJaaaaaaaaaa.',
      'Bearer ',
      'api_key=',
      '://',
      '://a:',
      'AIza',
      'xoxb-',
      'hf_',
      ' ',
    ];
    for (const part of parts) {
      const text = part.repeat(Math.ceil(1_000_000 / part.length));
      const start = performance.now();
      redact(text);
      expect(performance.now() - start, part).toBeLessThan(3000);
    }
  });
});
