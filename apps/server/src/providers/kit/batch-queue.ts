/**
 * Hands batches from a callback to one consumer. What is pushed while the consumer is busy becomes one
 * batch, so a slow consumer costs fewer hops, not more.
 */
export class BatchQueue<T> implements AsyncIterator<readonly T[]> {
  #items: T[] = [];
  #bytes = 0;
  #ended = false;
  #waiting: ((result: IteratorResult<readonly T[]>) => void) | undefined;
  readonly #owner: QueueOwner;

  constructor(owner: QueueOwner) {
    this.#owner = owner;
  }

  /** Takes a non-empty batch. Answers the upstream bytes that nobody has taken yet. */
  push(items: T[], bytes: number): number {
    if (this.#ended) return 0;
    const resolve = this.#waiting;
    if (resolve) {
      this.#waiting = undefined;
      resolve({ value: items, done: false });
      return 0;
    }
    if (this.#items.length === 0) this.#items = items;
    else for (const item of items) this.#items.push(item);
    this.#bytes += bytes;
    return this.#bytes;
  }

  /** What is queued is still handed out. */
  end(): void {
    this.#ended = true;
    this.#waiting?.({ value: undefined, done: true });
    this.#waiting = undefined;
  }

  /** Ends at once and forgets what is queued. */
  discard(): void {
    this.#items = [];
    this.end();
  }

  next(): Promise<IteratorResult<readonly T[]>> {
    if (this.#items.length > 0) {
      const value = this.#items;
      this.#items = [];
      this.#bytes = 0;
      this.#owner.onTaken();
      return Promise.resolve({ value, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  return(): Promise<IteratorResult<readonly T[]>> {
    this.discard();
    this.#owner.onLeft();
    return Promise.resolve({ value: undefined, done: true });
  }
}

export interface QueueOwner {
  /** Everything queued was taken. */
  onTaken(): void;
  /** The consumer wants no more. */
  onLeft(): void;
}
