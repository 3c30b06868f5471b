/** Randomness that can be had again: the same seed gives the same choices. */

/** A number in [0, 1). */
export type Random = () => number;

/** mulberry32 (public domain, Tommy Ettinger). */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from `least` to `most`, both included. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

export function oneOf<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}

/** What a long mode was asked for on its command line: how much, and from which seed. */
export function askedFor(amount: number): { amount: number; seed: number } {
  const [asked, seed] = process.argv.slice(2).map(Number);
  return { amount: asked || amount, seed: seed || Date.now() % 1_000_000 };
}
