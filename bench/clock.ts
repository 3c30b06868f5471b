/** The machine's monotonic clock in microseconds: the same reading in every process, so that a token can carry it. */
const offset = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;

export function nowMicros(): number {
  return performance.now() * 1000 + offset;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
