import { describe, expect, it } from 'vitest';
import { BatchQueue } from './batch-queue.ts';

function open() {
  const calls: string[] = [];
  const queue = new BatchQueue<number>({ onTaken: () => calls.push('taken'), onLeft: () => calls.push('left') });
  return { queue, calls };
}

describe('the queue between socket and reader', () => {
  it('[CW-7] what arrives while the reader is busy is one batch', async () => {
    const { queue, calls } = open();
    expect([queue.push([1], 10), queue.push([2, 3], 20), queue.push([4], 5)]).toEqual([10, 30, 35]);
    expect(await queue.next()).toEqual({ done: false, value: [1, 2, 3, 4] });
    expect(calls).toEqual(['taken']);
  });

  it('[CW-7] a waiting reader gets a batch at once, and nothing is queued', async () => {
    const { queue } = open();
    const next = queue.next();
    expect(queue.push([1], 10)).toBe(0);
    expect(await next).toEqual({ done: false, value: [1] });
  });

  it('[LC-006] the end comes after what is queued', async () => {
    const { queue } = open();
    queue.push([1], 1);
    queue.end();
    expect(queue.push([2], 1)).toBe(0);
    expect([(await queue.next()).value, (await queue.next()).done, (await queue.next()).done]).toEqual([
      [1],
      true,
      true,
    ]);
  });

  it('[CP-5] discarding wakes a waiting reader with the end', async () => {
    const { queue } = open();
    const next = queue.next();
    queue.discard();
    expect((await next).done).toBe(true);
  });

  it('[CP-5] a reader that leaves is reported', async () => {
    const { queue, calls } = open();
    queue.push([1], 1);
    await queue.return();
    expect(calls).toEqual(['left']);
    expect((await queue.next()).done).toBe(true);
  });
});
