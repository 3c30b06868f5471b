import type { ChatEvent } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { createLiveRun } from './live-run.ts';

const batch = (index: number): ChatEvent[] => [{ type: 'text-delta', index, text: 'x' }];

describe('the live end of a run', () => {
  it('[C5] hands the same array to every reader, in order, from where each joined', () => {
    const run = createLiveRun('local', 1, 1);
    const first = run.join();
    const one = batch(1);
    run.publish(one);
    const second = run.join();
    const two = batch(2);
    run.publish(two);
    expect([first.take(), first.take(), first.take()]).toEqual([one, two, undefined]);
    expect(second.take()).toBe(two);
    expect(second.take()).toBeUndefined();
  });

  it('[C4] holds nothing for a reader that falls behind, and tells it', () => {
    const run = createLiveRun('local', 1, 1);
    const [slow, quick] = [run.join(), run.join()];
    for (let index = 1; index <= 65; index += 1) {
      run.publish(batch(index));
      expect(quick.take()).toBeDefined();
    }
    expect(quick.lagging()).toBe(false);
    expect(slow.lagging()).toBe(true);
    run.publish(batch(66));
    expect(slow.take()).toBeUndefined();
  });

  it('[C1] wakes a waiting reader for a batch, for the end, and when it leaves', async () => {
    const run = createLiveRun('local', 1, 1);
    const reader = run.join();
    const forBatch = new Promise<void>((resolve) => reader.wait(resolve));
    run.publish(batch(1));
    await forBatch;
    const forEnd = new Promise<void>((resolve) => reader.wait(resolve));
    run.end();
    await forEnd;
    const forNothing = new Promise<void>((resolve) => reader.wait(resolve));
    reader.leave();
    await forNothing;
    run.publish(batch(2));
    expect([reader.take(), reader.take()]).toEqual([batch(1), undefined]);
  });
});
