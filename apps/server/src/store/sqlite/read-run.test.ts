import type { ChatEvent } from '@lightchat/protocol';
import { expect, it } from 'vitest';
import { createLiveRun } from '../kit/live-run.ts';
import type { EventLog } from './event-log.ts';
import { readRun } from './read-run.ts';

const delta = (index: number): ChatEvent => ({ type: 'text-delta', index, text: `${index}` });
const upTo = (end: number) => Array.from({ length: end }, (_, index) => delta(index));

/** A log in memory that gives pages of two. */
function logOf(stored: ChatEvent[]): Pick<EventLog, 'page'> {
  return {
    page(_run, from) {
      const events = stored.slice(from, from + 2);
      return { events, last: from + 2 >= stored.length };
    },
  };
}

it('[C4] others have their turn between the pages of a long replay', async () => {
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 0);
  const seen: number[] = [];
  const log = logOf(upTo(20));
  for await (const batch of readRun(log, 1, () => undefined, 0, new AbortController().signal)) {
    const until = performance.now() + 2; // longer than the interval, so that a turn that comes is seen
    while (performance.now() < until);
    seen.push(...batch.map(({ index }) => index));
  }
  clearInterval(ticking);
  expect(seen).toEqual(upTo(20).map(({ index }) => index));
  expect(turns).toBeGreaterThan(5);
});

it('[CW-3] what is stored between two pages is read, and what comes after the last is waited for', async () => {
  const stored = upTo(3);
  const log = logOf(stored);
  const live = createLiveRun('local', 1, 3);
  const iterator = readRun(log, 1, () => live, 0, new AbortController().signal)[Symbol.asyncIterator]();
  const add = (event: ChatEvent) => {
    stored.push(event);
    live.publish([event]);
  };
  const indexes = async () => {
    const batch: readonly ChatEvent[] = (await iterator.next()).value ?? [];
    return batch.map(({ index }) => index);
  };
  expect(await indexes()).toEqual([0, 1]);
  add(delta(3));
  expect(await indexes()).toEqual([2, 3]);
  const waiting = indexes();
  add(delta(4));
  expect(await waiting).toEqual([4]);
});

it('[C1] a reader that goes away between pages ends quietly', async () => {
  const gone = new AbortController();
  const iterator = readRun(logOf(upTo(9)), 1, () => undefined, 0, gone.signal)[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toHaveLength(2);
  const next = iterator.next();
  gone.abort();
  expect((await next).done).toBe(true);
});
