import { describe, expect, it } from 'vitest';
import { fittingLimit } from './limit-tokens.ts';

const limit = (max_tokens: number | undefined, text = 'Hi', context = 8192) =>
  fittingLimit({ messages: [{ role: 'user', text }], ...(max_tokens === undefined ? {} : { max_tokens }) }, context);

describe('a token limit', () => {
  it('[CP-1] that fits is left alone', () => {
    expect(limit(undefined)).toBeUndefined();
    expect(limit(100)).toBe(100);
    expect(limit(8000)).toBe(8000);
  });

  it('[CP-1] beyond the context is what the prompt leaves of it', () => {
    const clamped = limit(32_000) ?? 0;
    expect(clamped).toBeGreaterThan(8000);
    expect(clamped).toBeLessThan(8192);
    expect(limit(32_000, 'x'.repeat(9000)) ?? 0).toBeLessThan(5300);
    expect(limit(32_000, '世'.repeat(3000)) ?? 0).toBeLessThan(5300);
  });

  it('[CP-1] is left to the model when the prompt nearly fills the context', () => {
    expect(limit(32_000, 'x'.repeat(24_000))).toBeUndefined();
    expect(limit(500, 'x'.repeat(24_000))).toBe(500);
  });

  it('[CP-8] leaves room for images, tools and earlier calls, not for the bytes of a picture', () => {
    const url = `data:image/png;base64,${'A'.repeat(1_000_000)}`;
    const seeing = fittingLimit(
      { messages: [{ role: 'user', text: 'x', parts: [{ type: 'image', url }] }], max_tokens: 32_000 },
      8192,
    );
    expect(seeing).toBeGreaterThan(7000);
    expect(seeing).toBeLessThan(7300);
    const tools = [{ type: 'function', function: { name: 'x'.repeat(3000) } }];
    const tool_calls = [{ call_id: 'a', name: 'x', arguments: 'x'.repeat(3000) }];
    const calling = fittingLimit(
      { messages: [{ role: 'assistant', text: '', tool_calls }], tools, max_tokens: 32_000 },
      8192,
    );
    expect(calling).toBeGreaterThan(6000);
    expect(calling).toBeLessThan(6300);
  });
});
