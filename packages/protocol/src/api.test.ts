import { describe, expect, it } from 'vitest';
import { chatRequestSchema, newSessionSchema, sessionChangeSchema, streamingRequestSchema } from './api.ts';
import { settingsSchema } from './settings.ts';

function nested(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = { deepest: true };
  for (let level = 1; level < levels; level += 1) value = { a: value };
  return value;
}

describe('requests', () => {
  it('[LC-021] tools nested to any depth are refused with their path, not with a broken stack', () => {
    expect(chatRequestSchema.safeParse({ prompt: 'x', tools: [nested(60)] }).success).toBe(true);
    const read = chatRequestSchema.safeParse({ prompt: 'x', tools: [{ a: nested(100_000) }] });
    expect(read.error?.issues.map(({ path }) => path)).toEqual([['tools']]);
  });

  it('[LC-021] tools of any size are refused with their path, without being read to the end', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));
    expect(chatRequestSchema.safeParse({ prompt: 'x', tools: [many(40_000)] }).success).toBe(true);
    for (const tools of [[many(60_000)], [{ a: { b: [many(60_000)] } }], [{ a: Array(60_000).fill(0) }]]) {
      const issues = chatRequestSchema.safeParse({ prompt: 'x', tools }).error?.issues;
      expect(issues?.map(({ path, message }) => [path, message])).toEqual([[['tools'], 'more than 50000 values']]);
    }
  });

  it.each([[['text']], [[null]], [[[]]], [{}], ['text']])('[LC-021] %j are no tools', (tools) => {
    expect(chatRequestSchema.safeParse({ prompt: 'x', tools }).success).toBe(false);
  });

  it('[C7] keys that a store cannot tell apart are refused', () => {
    expect(chatRequestSchema.safeParse({ prompt: 'x', idempotency_key: 'ключ 🗝' }).success).toBe(true);
    expect(chatRequestSchema.safeParse({ prompt: 'x', idempotency_key: '\ud800' }).success).toBe(false);
    expect(streamingRequestSchema.safeParse({ message: 'x', stream_id: 'a\udc00' }).success).toBe(false);
  });

  it('[CP-6] a title is kept as it was sent, or refused by name: half a character cannot be kept', () => {
    for (const schema of [newSessionSchema, sessionChangeSchema]) {
      expect(schema.safeParse({ title: 'Plans 🏝' }).data).toEqual({ title: 'Plans 🏝' });
      expect(schema.safeParse({ title: 'Plans \ud83c' }).error?.issues.map(({ path }) => path)).toEqual([['title']]);
    }
  });
});

describe('settings', () => {
  it('[P7] a time that no timer can hold is refused, instead of being over at once', () => {
    const limits = (idle_ms: number) => settingsSchema.safeParse({ limits: { idle_ms } }).success;
    expect(limits(2_147_483_647)).toBe(true);
    expect(limits(2_147_483_648)).toBe(false);
  });
});
