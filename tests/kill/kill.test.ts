import { expect, it } from 'vitest';
import { killAndCompare } from './kill.ts';

it('[P1] ten kills under load lose nothing that anyone saw, and every run is settled', {
  timeout: 120_000,
}, async () => {
  const report = await killAndCompare(10, 20_261_121);
  expect(report).toMatchObject({ kills: 10, runs: 50 });
  expect(report.interrupted).toBeGreaterThan(0);
  expect(report.eventsSeen).toBeGreaterThan(500);
});
