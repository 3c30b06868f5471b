/**
 * One timer for thousands of paced streams: items wait in slots of one millisecond. `fire` answers when the item
 * is due next (milliseconds of `performance.now()`), or undefined when it is done. An item fires at most once
 * per tick, so a late wheel catches up without joining what belongs into separate writes.
 */
const SLOTS = 1024;

export class TimerWheel<Item> {
  readonly #slots: { item: Item; due: number }[][] = Array.from({ length: SLOTS }, () => []);
  readonly #fire: (item: Item) => number | undefined;
  #size = 0;
  #reached = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(fire: (item: Item) => number | undefined) {
    this.#fire = fire;
  }

  add(item: Item, due: number): void {
    if (this.#size === 0) this.#reached = Math.floor(performance.now());
    this.#size += 1;
    this.#place({ item, due });
    this.#timer ??= setInterval(() => this.#tick(), 1);
  }

  #place(entry: { item: Item; due: number }): void {
    const slot = Math.max(Math.ceil(entry.due), this.#reached + 1) % SLOTS;
    this.#slots[slot]?.push(entry);
  }

  #tick(): void {
    const now = Math.floor(performance.now());
    const from = Math.max(this.#reached, now - SLOTS) + 1;
    this.#reached = now;
    for (let slot = from; slot <= now; slot += 1) {
      const entries = this.#slots[slot % SLOTS];
      if (!entries || entries.length === 0) continue;
      this.#slots[slot % SLOTS] = [];
      for (const entry of entries) {
        const due = entry.due > now ? entry.due : this.#fire(entry.item);
        if (due === undefined) this.#size -= 1;
        else this.#place({ item: entry.item, due });
      }
    }
    if (this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
