import { expect, it } from 'vitest';
import { addTo, type MedianSketch, medianOf, mergeInto } from './median-sketch.ts';

it('[CP-7] the median of durations from nothing to an hour is off by 3 % at most', () => {
  for (const middle of [0, 1, 2, 7, 99, 1234, 60_000, 3_600_000]) {
    const sketch: MedianSketch = new Map();
    for (const ms of [0, middle, middle, middle, middle * 20 + 1]) addTo(sketch, ms);
    expect(Math.abs((medianOf(sketch) ?? -1) - middle)).toBeLessThanOrEqual(Math.max(0.5, middle * 0.03));
  }
});

it('[CP-7] sketches of parts make the sketch of the whole; nothing has no median', () => {
  const first: MedianSketch = new Map();
  const second: MedianSketch = new Map();
  const whole: MedianSketch = new Map();
  expect(medianOf(whole)).toBeUndefined();
  for (let ms = 1; ms <= 1000; ms += 1) {
    addTo(ms % 3 === 0 ? first : second, ms);
    addTo(whole, ms);
  }
  mergeInto(first, second);
  expect(medianOf(first)).toBe(medianOf(whole));
  expect(Math.abs((medianOf(first) ?? 0) - 500)).toBeLessThanOrEqual(15);
});
