/** One client, one short answer after another: time to the first token, and the CPU time of a whole request. */
import type { Contender } from '../contenders.ts';
import { percentile } from '../numbers.ts';
import { cpuNanos } from '../process-stats.ts';
import { connect, createRecorder } from '../stream-client.ts';

export interface FirstTokenRound {
  p50_us: number;
  p99_us: number;
  /** Microseconds of CPU per request with five tokens. */
  cpu_us: number;
  faults: string[];
}

export async function runFirstToken(contender: Contender, requests: number): Promise<FirstTokenRound> {
  const connection = await connect(contender.port, contender.dialect, createRecorder());
  const times: number[] = [];
  const faults: string[] = [];
  const cpuBefore = cpuNanos(contender.pid);
  for (let n = 0; n < requests && faults.length === 0; n += 1) {
    const answer = await connection.ask({ tokens: 5 });
    if (answer.fault) faults.push(answer.fault);
    times.push(answer.first_token_us);
  }
  const cpu = cpuNanos(contender.pid) - cpuBefore;
  connection.close();
  return {
    p50_us: percentile(times, 0.5),
    p99_us: percentile(times, 0.99),
    cpu_us: cpu / 1000 / times.length,
    faults,
  };
}
