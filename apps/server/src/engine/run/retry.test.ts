import { expect, it } from 'vitest';
import { retryDelay } from './retry.ts';

const policy = { attempts: 8, delay_ms: 1000 };

it('[U19] pauses grow from try to try, up to a minute, and the tries have an end', () => {
  const delays = Array.from({ length: 9 }, (_, n) => retryDelay(policy, { retry: 'before-output' }, n + 1));
  expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, undefined]);
});

it('[U18] a provider that says how long is taken at its word, unless it says more than a minute', () => {
  expect(retryDelay(policy, { retry: 'safe', retry_after_ms: 5000 }, 1)).toBe(5000);
  expect(retryDelay(policy, { retry: 'safe', retry_after_ms: 500 }, 1)).toBe(1000);
  expect(retryDelay(policy, { retry: 'safe', retry_after_ms: 60_001 }, 1)).toBeUndefined();
  expect(retryDelay(policy, { retry: 'never' }, 1)).toBeUndefined();
});
