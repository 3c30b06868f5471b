import type { UsageSummary } from '@lightchat/protocol';
import { usageSummarySchema } from '@lightchat/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saying } from '../../../engine/testing/scripted-provider.ts';
import { type Served, serve } from '../../testing/serve.ts';

let served: Served;
const today = () => new Date().toISOString().slice(0, 10);
const ask = async (query = '') => {
  const answer = await fetch(`${served.url}/usage${query}`);
  return { status: answer.status, headers: answer.headers, json: (await answer.json()) as UsageSummary };
};

beforeAll(async () => {
  served = await serve([saying('Hel', 'lo')]);
});
afterAll(() => served?.close());

it('[CP-7] an answer is in the sums when it has ended, with the day, the provider and the model it was of', async () => {
  const before = today();
  const answer = await fetch(`${served.url}/chat/wait`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"prompt":"x"}',
  });
  const { usage } = (await answer.json()) as { usage: { total_tokens: number } };
  const { status, headers, json } = await ask('?by=day,model');
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(usageSummarySchema.strict().parse(json)).toEqual(json);
  expect(json).toMatchObject({ by: ['day', 'model'], totals: { answers: 1, failures: 0 } });
  expect(json.totals.total_tokens).toBe(usage.total_tokens);
  // The scripted provider counts nothing, so all of it is estimated.
  expect(json.totals.estimated_tokens).toBe(usage.total_tokens);
  expect(json.items).toEqual([{ day: json.items[0]?.day, provider_id: 'scripted', model_id: 'model', ...json.totals }]);
  expect([before, today()]).toContain(json.items[0]?.day);
});

it('[CP-7] the usual span is the 30 days up to today', async () => {
  const { json } = await ask();
  expect(Date.parse(json.to) - Date.parse(json.from)).toBe(29 * 86_400_000);
  expect(Math.abs(Date.parse(json.to) - Date.now())).toBeLessThan(2 * 86_400_000);
  expect(json.by).toEqual(['model']);
  expect((await ask('?to=2024-03-01')).json).toMatchObject({ from: '2024-02-01', to: '2024-03-01', items: [] });
  expect((await ask('?to=0001-01-02')).json.from).toBe('0001-01-01');
});

it('[CP-7] a day that is none, a span that is none or too long, and an unknown grouping are refused by name', async () => {
  const bad: [string, string][] = [
    ['?from=yesterday', 'from'],
    ['?from=2026-02-30', 'from'],
    ['?from=2026-2-3', 'from'],
    ['?to=2026-01-01T00:00:00Z', 'to'],
    ['?from=2026-01-02&to=2026-01-01', 'from'],
    ['?from=2025-01-01&to=2026-01-02', 'from'],
    ['?by=week', 'by'],
    ['?by=', 'by'],
    ['?by=day&by=model', 'by'],
  ];
  for (const [query, path] of bad) {
    const { status, json } = await ask(query);
    expect({ query, status }).toEqual({ query, status: 400 });
    expect(json).toMatchObject({ error_code: 'INVALID_REQUEST', details: { issues: [{ path }] } });
  }
  expect((await ask('?from=2025-01-01&to=2026-01-01')).status).toBe(200);
});
