import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is true. A question that throws counts as no. Rejects after 30 s with `evidence`. */
export async function until(what: string, ask: () => Promise<boolean>, evidence: () => string): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await ask().catch(() => false))) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}\n${evidence()}`);
    await sleep(50);
  }
}
