/**
 * The live end of a run: what was just committed goes to whoever waits for it. A reader that does not
 * keep up is not served from memory; it goes back to the stored log.
 */
import type { ChatEvent } from '@lightchat/protocol';

/** Batches a reader may have unread before it is sent back to the log. Batches are shared, so this is pointers. */
const MOST_UNREAD = 64;

export interface LiveReader {
  /** The next unread batch, if any. */
  take(): readonly ChatEvent[] | undefined;
  /** True once more came than it may hold: leave, and read the log from your own index. */
  lagging(): boolean;
  /** Calls `act` once, when there is something to take, the run ended, or `leave` was called. It must not throw. */
  wait(act: () => void): void;
  leave(): void;
}

export interface LiveRun {
  readonly owner: string;
  /** Key of the run's rows. */
  readonly position: number;
  /** Index the next stored event will have. */
  nextIndex: number;
  join(): LiveReader;
  publish(events: readonly ChatEvent[]): void;
  /** No more events: wakes readers that fell behind, so that they finish from the log. */
  end(): void;
}

export function createLiveRun(owner: string, position: number, nextIndex: number): LiveRun {
  const readers = new Set<Reader>();
  return {
    owner,
    position,
    nextIndex,
    join() {
      const reader = new Reader(() => readers.delete(reader));
      readers.add(reader);
      return reader;
    },
    publish(events) {
      for (const reader of readers) reader.push(events);
    },
    end() {
      for (const reader of readers) reader.wake();
    },
  };
}

class Reader implements LiveReader {
  readonly #onLeave: () => void;
  #unread: (readonly ChatEvent[])[] = [];
  #lagging = false;
  #wake: (() => void) | undefined;

  constructor(onLeave: () => void) {
    this.#onLeave = onLeave;
  }

  push(events: readonly ChatEvent[]): void {
    if (this.#lagging) return;
    if (this.#unread.length >= MOST_UNREAD) {
      this.#lagging = true;
      this.#unread = [];
    } else {
      this.#unread.push(events);
    }
    this.wake();
  }

  take(): readonly ChatEvent[] | undefined {
    return this.#unread.shift();
  }

  lagging(): boolean {
    return this.#lagging;
  }

  wait(act: () => void): void {
    this.#wake = act;
  }

  wake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  leave(): void {
    this.#onLeave();
    this.wake();
  }
}
