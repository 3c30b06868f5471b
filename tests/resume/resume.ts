/** Many random histories at once against one server; the first that fails is made as short as it goes. */
import { startInProcess } from '../in-process/start-in-process.ts';
import { type History, historyFrom } from './history.ts';
import { play, type Stage } from './play.ts';
import { startPuppets } from './puppet.ts';

const AT_ONCE = 24;
/** What went wrong may need luck to go wrong again. */
const TRIES = 5;
const SHRINK_FOR_MS = 60_000;

/** Rejects with the seed, the fault, and a history that still shows it. */
export async function playHistories(count: number, seed: number, onDone?: (done: number) => void): Promise<void> {
  const puppets = await startPuppets();
  const server = await startInProcess(
    `logging_enabled: false
retry: { attempts: 0 }
limits: { output_bytes: 100000000 }
providers:
  - { id: puppets, type: openai, host: "${puppets.url}" }
`,
  ).catch(async (fault: unknown) => {
    await puppets.close();
    throw fault;
  });
  const stage = { url: server.url, port: server.port, puppets };
  let next = 0;
  let done = 0;
  let failed: { history: History; fault: Error } | undefined;
  const work = async () => {
    while (next < count && !failed) {
      const history = historyFrom(seed + next);
      next += 1;
      await play(stage, history).catch((fault: Error) => {
        failed ??= { history, fault };
      });
      done += 1;
      onDone?.(done);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (failed) throw await report(stage, failed.history, failed.fault);
  } finally {
    await server.stop();
    await puppets.close();
  }
}

async function report(stage: Stage, history: History, fault: Error): Promise<Error> {
  const { shortest, why } = await shrink(stage, history, fault);
  const text = JSON.stringify(shortest, null, 1).replace(/\n\s{3,}/g, ' ');
  return new Error(`history ${history.seed} fails: ${why.message}\nAs short as it goes:\n${text}`, { cause: fault });
}

/** Leaves out one step after the other, for as long as it fails all the same. */
async function shrink(stage: Stage, history: History, fault: Error): Promise<{ shortest: History; why: Error }> {
  const until = performance.now() + SHRINK_FOR_MS;
  let shortest = history;
  let why = fault;
  for (let at = history.steps.length - 1; at >= 0 && performance.now() < until; at -= 1) {
    const shorter = { ...shortest, steps: shortest.steps.toSpliced(at, 1) };
    const failure = await failureOf(stage, shorter);
    if (failure) [shortest, why] = [shorter, failure];
  }
  return { shortest, why };
}

async function failureOf(stage: Stage, history: History): Promise<Error | undefined> {
  for (let time = 0; time < TRIES; time += 1) {
    const failure = await play(stage, history).then(
      () => undefined,
      (fault: Error) => fault,
    );
    if (failure) return failure;
  }
  return undefined;
}
