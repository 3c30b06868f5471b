/** Many streams at the pace of a model: CPU per token and delivery latency while all of them are open. */
import { sleep } from '../clock.ts';
import type { Contender } from '../contenders.ts';
import { percentile } from '../numbers.ts';
import { cpuNanos, memoryKilobytes } from '../process-stats.ts';
import { type Answer, type Connection, connect, createRecorder, type Recorder } from '../stream-client.ts';

export interface Load {
  streams: number;
  /** Milliseconds between the tokens of a stream. */
  delay_ms: number;
  /** Over which the streams are opened, evenly. */
  ramp_ms: number;
  /** From the last start to the first look: settles what starting costs. */
  settle_ms: number;
  window_ms: number;
}

export interface PacedRound {
  /** Microseconds per token while every stream is open. NaN for a contender without a process of its own. */
  cpu_us: number;
  /** The same over whole answers, starting and finishing included. */
  whole_cpu_us: number;
  /** Tokens that came in the window, as a share of those that were due. */
  delivered: number;
  /** Tokens per read: 1 is real life, more means that something on the machine was late and joined them. */
  joined: number;
  latency_p50_us: number;
  latency_p99_us: number;
  first_token_p50_us: number;
  /** Streams that had given their first token when the window opened. */
  open: number;
  resident_kb: number;
  faults: string[];
}

/** A round in which tokens were joined or late says nothing about the cost of one token. */
export function isClean(round: PacedRound): boolean {
  return round.delivered > 0.97 && round.delivered < 1.03 && round.joined < 1.1;
}

/** Long enough that the first stream still runs when the window closes, with a slow start of the last allowed for. */
function tokensOf(load: Load): number {
  const margin_ms = 1000 + load.ramp_ms / 4;
  return Math.ceil((load.ramp_ms + load.settle_ms + load.window_ms + margin_ms) / load.delay_ms);
}

async function connectAll(contender: Contender, count: number, recorder: Recorder): Promise<Connection[]> {
  const connections: Connection[] = [];
  while (connections.length < count) {
    const batch = Math.min(100, count - connections.length);
    const connecting = Array.from({ length: batch }, () => connect(contender.port, contender.dialect, recorder));
    connections.push(...(await Promise.all(connecting)));
  }
  return connections;
}

export async function runPaced(contender: Contender, load: Load): Promise<PacedRound> {
  const recorder = createRecorder();
  const connections = await connectAll(contender, load.streams, recorder);
  const measured = contender.pid > 0 && contender.name !== 'direct';
  const cpu = () => (measured ? cpuNanos(contender.pid) : Number.NaN);
  const tokens = tokensOf(load);
  const cpuAtStart = cpu();
  const started = performance.now();
  const answers: Promise<Answer>[] = [];
  let open = 0;
  let ended = false;
  for (const [n, connection] of connections.entries()) {
    await sleepUntil(started + (n / load.streams) * load.ramp_ms);
    const answer = connection.ask({ tokens, delay_ms: load.delay_ms }, () => {
      open += 1;
    });
    void answer.then(() => {
      ended = true;
    });
    answers.push(answer);
  }
  await sleep(load.settle_ms);

  const openAtWindow = open;
  const cpuAtWindow = cpu();
  const windowStart = performance.now();
  recorder.open = true;
  await sleep(load.window_ms);
  recorder.open = false;
  const cpuInWindow = cpu() - cpuAtWindow;
  const due = (load.streams * (performance.now() - windowStart)) / load.delay_ms;
  const resident_kb = memoryKilobytes(contender.pid).resident;
  const endedEarly = ended;

  const done = await Promise.all(answers);
  const cpuOverall = cpu() - cpuAtStart;
  for (const connection of connections) connection.close();
  const faults = done.flatMap((answer) => answer.fault ?? []);
  if (endedEarly && faults.length === 0) faults.push('the first stream ended before the window did');
  return {
    cpu_us: cpuInWindow / 1000 / recorder.tokens,
    whole_cpu_us: cpuOverall / 1000 / (load.streams * tokens),
    delivered: recorder.tokens / due,
    joined: recorder.tokens / recorder.reads,
    latency_p50_us: percentile(recorder.latencies, 0.5),
    latency_p99_us: percentile(recorder.latencies, 0.99),
    first_token_p50_us: percentile(
      done.map((answer) => answer.first_token_us),
      0.5,
    ),
    open: openAtWindow,
    resident_kb,
    faults,
  };
}

async function sleepUntil(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > 1) await sleep(left);
}
