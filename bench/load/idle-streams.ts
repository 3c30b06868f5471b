/** Streams that are open and wait for their next token: memory for each of them. Wants a fresh process. */
import { sleep } from '../clock.ts';
import type { Contender } from '../contenders.ts';
import { memoryKilobytes } from '../process-stats.ts';
import { type Answer, connect, createRecorder } from '../stream-client.ts';

export interface IdleRound {
  before_kb: number;
  /** With every stream open. */
  with_kb: number;
  per_stream_kb: number;
  open: number;
  faults: string[];
}

/** Each stream gives its first token at once and its second and last when the memory has been read. */
export async function runIdleStreams(contender: Contender, streams: number): Promise<IdleRound> {
  const delay_ms = 5000 + streams * 5;
  const before_kb = memoryKilobytes(contender.pid).resident;
  const recorder = createRecorder();
  const answers: Promise<Answer>[] = [];
  const opened: Promise<void>[] = [];
  let open = 0;
  const started = performance.now();
  for (let n = 0; n < streams; n += 1) {
    const connection = await connect(contender.port, contender.dialect, recorder);
    opened.push(
      new Promise((resolve) => {
        const answer = connection.ask({ tokens: 2, delay_ms }, () => {
          open += 1;
          resolve();
        });
        answers.push(answer);
        void answer.then(() => {
          connection.close();
          resolve();
        });
      }),
    );
    if (n % 20 === 19) await opened[n];
  }
  await Promise.all(opened);
  const late = performance.now() - started > delay_ms - 3000;
  await sleep(2000);
  const with_kb = memoryKilobytes(contender.pid).resident;
  const openThen = open;
  const faults = (await Promise.all(answers)).flatMap((answer) => answer.fault ?? []);
  if (late) faults.push('opening took so long that the first streams had ended');
  return { before_kb, with_kb, per_stream_kb: (with_kb - before_kb) / streams, open: openThen, faults };
}
