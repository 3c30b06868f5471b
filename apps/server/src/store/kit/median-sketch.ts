/** A median of many durations in little memory: counted by size, each size 5 % above the one before. */
export type MedianSketch = Map<number, number>;

const GROWTH = Math.log(1.05);

/** Counts `ms`, which is not negative. */
export function addTo(sketch: MedianSketch, ms: number, times = 1): void {
  const size = ms < 1 ? -1 : Math.floor(Math.log(ms) / GROWTH);
  sketch.set(size, (sketch.get(size) ?? 0) + times);
}

export function mergeInto(sketch: MedianSketch, other: MedianSketch): void {
  for (const [size, times] of other) sketch.set(size, (sketch.get(size) ?? 0) + times);
}

/** The lower median, to within 3 %, in whole milliseconds; undefined of nothing. */
export function medianOf(sketch: MedianSketch): number | undefined {
  const sizes = [...sketch].sort(([a], [b]) => a - b);
  const total = sizes.reduce((sum, [, times]) => sum + times, 0);
  let before = 0;
  for (const [size, times] of sizes) {
    before += times;
    if (before * 2 >= total && total > 0) return size < 0 ? 0 : Math.round(Math.exp((size + 0.5) * GROWTH));
  }
  return undefined;
}
