/** What every UsageReader keeps, whatever it is made of. */
import type { UsageDimension } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Owner, UsageEntry, UsageReader } from '../ports.ts';

export interface UsageUnderTest {
  usage: UsageReader;
  /** Stores an answer that ended at `at`, ISO 8601 UTC. */
  write(owner: Owner, entry: UsageEntry, at: string): Promise<void>;
  close(): Promise<void>;
}

const tokens = (prompt_tokens: number, completion_tokens: number, estimated?: true) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
  ...(estimated ? { estimated } : {}),
});
const answer = (entry: Partial<UsageEntry> = {}): UsageEntry => ({
  provider_id: 'ollama',
  model_id: 'llama',
  status: 'completed',
  usage: tokens(10, 5),
  duration_ms: 1000,
  first_output_ms: 100,
  ...entry,
});

export function usageReaderContract(name: string, open: () => Promise<UsageUnderTest>): void {
  describe(`usage reader: ${name}`, () => {
    let store: UsageUnderTest;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const summarise = (from: string, to: string, by: UsageDimension[] = ['model'], owner = 'local') =>
      store.usage.summarise(owner, { from, to, by });

    it('[CP-7] counts days from their first to their last millisecond, UTC', async () => {
      for (const at of [
        '2026-03-01T23:59:59.999Z',
        '2026-03-02T00:00:00.000Z',
        '2026-03-02T23:59:59.999Z',
        '2026-03-03T00:00:00.000Z',
      ]) {
        await store.write('local', answer(), at);
      }
      expect((await summarise('2026-03-02', '2026-03-02')).totals.answers).toBe(2);
      const { totals, items } = await summarise('2026-03-01', '2026-03-03', ['day']);
      expect(totals.answers).toBe(4);
      expect(items.map(({ day, answers }) => [day, answers])).toEqual([
        ['2026-03-01', 1],
        ['2026-03-02', 2],
        ['2026-03-03', 1],
      ]);
    });

    it('[CP-7] adds up tokens, endings and times, and says how much of it is estimated', async () => {
      const at = '2026-03-02T12:00:00.000Z';
      await store.write('local', answer({ duration_ms: 1000, first_output_ms: 100 }), at);
      await store.write('local', answer({ usage: tokens(100, 50, true), duration_ms: 3000, first_output_ms: 300 }), at);
      await store.write('local', answer({ status: 'stopped', duration_ms: 2000, first_output_ms: 200 }), at);
      await store.write(
        'local',
        answer({ status: 'failed', usage: null, first_output_ms: null, duration_ms: 2000 }),
        at,
      );
      await store.write('local', answer({ status: 'interrupted', duration_ms: 2000, first_output_ms: 200 }), at);
      const { totals } = await summarise('2026-03-02', '2026-03-02');
      expect(totals).toEqual({
        answers: 5,
        failures: 2,
        stopped: 1,
        prompt_tokens: 130,
        completion_tokens: 65,
        total_tokens: 195,
        estimated_tokens: 150,
        duration_ms: { average: 2000, p50: expect.any(Number) },
        first_output_ms: { average: 200, p50: expect.any(Number) },
      });
      expect(Math.abs((totals.duration_ms?.p50 ?? 0) - 2000)).toBeLessThan(60);
      expect(Math.abs((totals.first_output_ms?.p50 ?? 0) - 200)).toBeLessThan(6);
    });

    it('[CP-7] groups by what is asked for, most tokens first; models of the same name are apart', async () => {
      const at = '2026-03-02T12:00:00.000Z';
      await store.write('local', answer(), at);
      await store.write('local', answer({ model_id: 'big/model', usage: tokens(900, 1) }), at);
      await store.write('local', answer({ provider_id: 'openai', usage: tokens(20, 5) }), at);
      await store.write('local', answer({ provider_id: 'openai', usage: tokens(20, 5) }), '2026-03-03T12:00:00.000Z');
      const named = async (...by: UsageDimension[]) =>
        (await summarise('2026-03-01', '2026-03-31', by)).items.map(({ day, provider_id, model_id, answers }) => ({
          ...(day && { day }),
          ...(provider_id && { provider_id }),
          ...(model_id && { model_id }),
          answers,
        }));
      expect(await named('model')).toEqual([
        { provider_id: 'ollama', model_id: 'big/model', answers: 1 },
        { provider_id: 'openai', model_id: 'llama', answers: 2 },
        { provider_id: 'ollama', model_id: 'llama', answers: 1 },
      ]);
      expect(await named('provider')).toEqual([
        { provider_id: 'ollama', answers: 2 },
        { provider_id: 'openai', answers: 2 },
      ]);
      expect(await named('provider', 'day')).toEqual([
        { day: '2026-03-02', provider_id: 'ollama', answers: 2 },
        { day: '2026-03-02', provider_id: 'openai', answers: 1 },
        { day: '2026-03-03', provider_id: 'openai', answers: 1 },
      ]);
    });

    it("[CP-7] knows nothing of anybody else's answers, and of none says null and not zero milliseconds", async () => {
      await store.write('anna', answer(), '2026-03-02T12:00:00.000Z');
      const { totals, items } = await summarise('2026-01-01', '2026-12-31');
      expect(items).toEqual([]);
      expect(totals).toMatchObject({ answers: 0, total_tokens: 0, duration_ms: null, first_output_ms: null });
      expect((await summarise('2026-01-01', '2026-12-31', ['model'], 'anna')).totals.answers).toBe(1);
    });

    it('[CP-7] counts every answer of a busy day once, also those of the same millisecond, and those that come later', async () => {
      const at = '2026-03-02T12:00:00.000Z';
      for (let count = 0; count < 4500; count += 1) await store.write('local', answer(), at);
      expect((await summarise('2026-03-02', '2026-03-02')).totals).toMatchObject({
        answers: 4500,
        total_tokens: 67_500,
      });
      const today = new Date().toISOString();
      const day = today.slice(0, 10);
      const before = (await summarise(day, day)).totals.answers;
      await store.write('local', answer(), today);
      expect((await summarise(day, day)).totals.answers).toBe(before + 1);
    });
  });
}
