/** What may happen to one run and its viewers, drawn from a seed. */
import { between, oneOf, type Random, seeded } from '../seeded/random.ts';

/** How a viewer comes back: by the last event it has seen, or by the number of the first one it wants. */
export const WAYS = ['chat', 'streaming-id', 'streaming-from', 'events-id', 'events-from', 'ui-id', 'ui-from'] as const;
export type Way = (typeof WAYS)[number];

export type Step =
  /** The model says so many tokens of so many characters, in one piece, or each in a piece of its own. */
  | { do: 'say'; tokens: number; size: number; apart?: boolean }
  /** A viewer connects, or comes back. Its connection breaks by itself after so many bytes. */
  | { do: 'open'; viewer: number; breaksAfter?: number }
  | { do: 'cut'; viewer: number }
  /** Stops reading, with the connection open. */
  | { do: 'pause'; viewer: number }
  | { do: 'read'; viewer: number }
  | { do: 'stop' }
  | { do: 'finish' }
  | { do: 'wait'; ms: number };

export interface History {
  seed: number;
  /** `key`: by `POST /runs` with an idempotency key. `stream`: by `GET /chat/streaming` with a stream id. */
  start: 'key' | 'stream';
  viewers: Way[];
  steps: Step[];
}

export function historyFrom(seed: number): History {
  const random = seeded(seed);
  const start = oneOf(random, ['key', 'stream'] as const);
  if (random() < 0.005) return { seed, start, viewers: [wayFor(start, random)], steps: [...heldUp] };
  const viewers = Array.from({ length: between(random, 1, 4) }, () => wayFor(start, random));
  const size = between(random, 1, 40);
  const steps: Step[] = viewers.map((_, viewer) => ({ do: 'open', viewer }));
  const length = between(random, 4, 30);
  for (let at = 0; at < length; at += 1) steps.push(stepFrom(random, viewers.length, size));
  if (random() < 0.25) steps.splice(between(random, 0, steps.length), 0, { do: 'stop' });
  if (random() < 0.5) steps.splice(between(random, Math.ceil(steps.length / 2), steps.length), 0, { do: 'finish' });
  return { seed, start, viewers, steps };
}

/**
 * More than the system's buffers hold, so that a viewer that does not read really holds up its stream, and then more
 * pieces than are kept for one that does not keep up.
 */
const heldUp: readonly Step[] = [
  { do: 'open', viewer: 0 },
  { do: 'say', tokens: 1, size: 1 },
  { do: 'wait', ms: 30 },
  { do: 'pause', viewer: 0 },
  { do: 'say', tokens: 16, size: 500_000 },
  { do: 'wait', ms: 300 },
  { do: 'say', tokens: 90, size: 10, apart: true },
  { do: 'read', viewer: 0 },
];

/** Only a run with a stream id can be joined by it. */
function wayFor(start: History['start'], random: Random): Way {
  const way = oneOf(random, WAYS);
  return way === 'streaming-from' && start === 'key' ? 'streaming-id' : way;
}

function stepFrom(random: Random, viewers: number, size: number): Step {
  const viewer = between(random, 0, viewers - 1);
  const chance = random();
  if (chance < 0.35) return { do: 'say', tokens: between(random, 1, 12), size };
  if (chance < 0.55) return { do: 'cut', viewer };
  if (chance < 0.8) {
    return random() < 0.4
      ? { do: 'open', viewer, breaksAfter: between(random, 0, 30 * size + 600) }
      : { do: 'open', viewer };
  }
  if (chance < 0.86) return { do: 'pause', viewer };
  if (chance < 0.9) return { do: 'read', viewer };
  return { do: 'wait', ms: between(random, 0, 8) };
}
