/** What the server holds over time, and whether it holds more and more. */
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';

export interface Holdings {
  /** Seconds since the beginning. */
  at: number;
  /** Megabytes. */
  rss: number;
  heap: number;
  /** Sockets and timers. */
  handles: number;
  /** Open files and sockets; 0 where the system does not tell. */
  files: number;
}

type Measure = Exclude<keyof Holdings, 'at'>;

/** What may be more at the end of the second half than at its beginning without being called a leak: a part, or this much. */
const ALLOWED: Record<Measure, { part: number; least: number }> = {
  rss: { part: 0.1, least: 24 },
  heap: { part: 0.1, least: 6 },
  handles: { part: 0.1, least: 40 },
  files: { part: 0.1, least: 40 },
};

export async function look(socketPath: string, pid: number, at: number): Promise<Holdings> {
  const text = await new Promise<string>((resolve, reject) => {
    const call = request({ socketPath }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      answer.on('end', () => resolve(body));
    });
    call.on('error', reject);
    call.end();
  });
  const { rss, heapUsed, external, handles } = JSON.parse(text) as Record<string, number>;
  const files = (await readdir(`/proc/${pid}/fd`).catch(() => [])).length;
  const megabytes = (bytes = 0) => Math.round(bytes / 104_857.6) / 10;
  return { at, rss: megabytes(rss), heap: megabytes((heapUsed ?? 0) + (external ?? 0)), handles: handles ?? 0, files };
}

/** Growth over the second half by least squares, and what is wrong with it. The first half is for warming up. */
export function judge(samples: readonly Holdings[]): { growth: Record<Measure, number>; faults: string[] } {
  const half = samples.slice(Math.floor(samples.length / 2));
  const growth = { rss: 0, heap: 0, handles: 0, files: 0 };
  const faults: string[] = [];
  for (const measure of Object.keys(growth) as Measure[]) {
    const values = half.map((sample) => sample[measure]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const grown =
      slope(
        half.map(({ at }) => at),
        values,
      ) *
      ((half.at(-1)?.at ?? 0) - (half[0]?.at ?? 0));
    growth[measure] = Math.round(grown * 10) / 10;
    const { part, least } = ALLOWED[measure];
    if (grown > Math.max(least, mean * part))
      faults.push(`${measure} grew by ${growth[measure]} around ${mean.toFixed(1)}`);
  }
  return { growth, faults };
}

/** Of the straight line with the least squares. */
export function slope(xs: readonly number[], ys: readonly number[]): number {
  const meanX = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  let above = 0;
  let below = 0;
  for (const [at, x] of xs.entries()) {
    above += (x - meanX) * ((ys[at] ?? 0) - meanY);
    below += (x - meanX) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
