import { expect, it } from 'vitest';
import { type Holdings, judge, slope } from './holdings.ts';

function samples(rss: (at: number) => number): Holdings[] {
  return Array.from({ length: 40 }, (_, step) => ({
    at: step * 5,
    rss: rss(step * 5),
    heap: 20,
    handles: 400,
    files: 400,
  }));
}

it('[L16] a line through points on a line has its slope, whatever the noise around it', () => {
  expect(slope([0, 1, 2, 3], [1, 3, 5, 7])).toBeCloseTo(2);
  expect(slope([0, 1, 2, 3, 4, 5], [1, -1, 1, -1, 1, -1])).toBeCloseTo(0, 0);
  expect(slope([3], [7])).toBe(0);
});

it('[L16] growth that goes on is a leak; warming up, a peak and noise are none', () => {
  expect(judge(samples((at) => 100 + at)).faults).toEqual([expect.stringMatching(/^rss grew by/)]);
  expect(judge(samples((at) => Math.min(200, 100 + 4 * at))).faults).toEqual([]);
  expect(judge(samples((at) => (at === 150 ? 190 : 150))).faults).toEqual([]);
  expect(judge(samples((at) => 150 + 10 * Math.sin(at))).faults).toEqual([]);
});
