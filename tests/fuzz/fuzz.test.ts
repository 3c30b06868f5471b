import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it('[P14, CW-6, L11] no request of any shape breaks the server, goes unexplained, or gets a secret out of it', {
  timeout: 180_000,
}, async () => {
  const report = await fuzz(2000, 20_261_121);
  expect(report.operations).toBeGreaterThan(20);
  // Both kinds of answers, or the requests were not what they were meant to be.
  expect(report.statuses['200']).toBeGreaterThan(200);
  expect(report.statuses['400']).toBeGreaterThan(200);
});
