/**
 * Reading a run: pages from the log until the end of what is stored, then live batches. Joining the
 * live end happens in the same turn as reading the last page, so nothing can fall between them. Between
 * pages others have their turn: a long replay must not hold up the runs that are live.
 */
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { ChatEvent } from '@lightchat/protocol';
import type { LiveReader, LiveRun } from '../kit/live-run.ts';
import type { EventLog } from './event-log.ts';

type Batch = readonly ChatEvent[];
type Resolve = (result: IteratorResult<Batch, undefined>) => void;
type Reject = (reason: unknown) => void;
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Hand-written instead of an async generator: one promise per batch is all a viewer costs. */
export function readRun(
  events: Pick<EventLog, 'page'>,
  run: number,
  live: () => LiveRun | undefined,
  from: number,
  signal: AbortSignal,
): AsyncIterable<Batch> {
  let next = from;
  let finished = false;
  let reader: LiveReader | undefined;
  let isBetweenPages = false;

  function give(batch: Batch): IteratorResult<Batch, undefined> {
    const last = batch[batch.length - 1];
    if (!last) return DONE;
    next = last.index + 1;
    if (last.type === 'run-finished') finish();
    return { done: false, value: batch };
  }

  function finish(): void {
    finished = true;
    reader?.leave();
    reader = undefined;
    signal.removeEventListener('abort', finish);
  }

  /** What can be given without waiting. */
  function ready(): IteratorResult<Batch, undefined> | undefined {
    if (finished || signal.aborted) return DONE;
    if (reader?.lagging()) {
      reader.leave();
      reader = undefined;
    }
    if (reader) return fromLive(reader);
    const page = events.page(run, next);
    isBetweenPages = !page.last;
    if (page.last) reader = live()?.join();
    if (page.events.length > 0) return give(page.events);
    if (reader) return undefined;
    finish();
    return DONE;
  }

  function fromLive(joined: LiveReader): IteratorResult<Batch, undefined> | undefined {
    for (let batch = joined.take(); batch; batch = joined.take()) {
      const unseen = (batch[0]?.index ?? 0) >= next ? batch : batch.filter((event) => event.index >= next);
      if (unseen.length > 0) return give(unseen);
    }
    return undefined;
  }

  /** Without an async function between: a viewer's wait is one promise a batch. */
  function wait(resolve: Resolve, reject: Reject): void {
    const goOn = () => {
      try {
        const result = ready();
        if (result) resolve(result);
        else wait(resolve, reject);
      } catch (error) {
        reject(error);
      }
    };
    if (isBetweenPages) void othersTurn().then(goOn);
    else if (reader) reader.wait(goOn);
    else goOn();
  }

  signal.addEventListener('abort', finish, { once: true });
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const result = isBetweenPages ? undefined : ready();
        return result ? Promise.resolve(result) : new Promise(wait);
      },
      return: () => {
        finish();
        return Promise.resolve(DONE);
      },
    }),
  };
}
