/**
 * Answers that outlive their connection, in memory: what was sent last, within bounds, for a client that comes back
 * with the id of the last event it has seen. They end with the process, and a minute after their own end.
 */
import { AppError } from '@lightchat/protocol';
import type { FastifyReply } from 'fastify';
import type { Clock, Owner } from '../../../engine/ports.ts';
import type { SseStream } from '../../kit/sse.ts';

const KEPT_MS = 60_000;
/** Events that share one write to a client that catches up: near 64 KiB. */
const EVENTS_A_WRITE = 200;
/** All answers together may hold as much as this many at their bound. */
const ANSWERS_AT_BOUND = 16;

export interface KeptAnswer {
  /** The next event, whole. Its place in the answer is its number, from 0. */
  add(event: string): void;
  /** Nothing more follows. */
  end(): void;
  /** Whether nothing more than the first `count` events will ever be there. */
  endsAt(count: number): boolean;
  /** Sends every event from number `from` on, now and as they come. False when some of them are not held any more. */
  show(stream: SseStream, from: number): Promise<boolean>;
}

export interface KeptAnswers {
  keep(owner: Owner, id: string): KeptAnswer;
  /** Throws NOT_FOUND when the answer is not kept, or not from there on any more. */
  find(owner: Owner, id: string, from: number): KeptAnswer;
  close(): void;
}

/** Shows a kept answer to one client, to its end. */
export async function showKept(kept: KeptAnswer, from: number, stream: SseStream, reply: FastifyReply): Promise<void> {
  if (await kept.show(stream, from)) stream.end();
  // A client that fell too far behind must not take this for the end.
  else reply.raw.destroy();
}

export function noSuchAnswer(): AppError {
  const message = 'This answer cannot be resumed: it is unknown, or it ended more than a minute ago. Ask again.';
  return new AppError('NOT_FOUND', message);
}

interface Entry {
  owner: Owner;
  events: string[];
  /** The number of the first event that is still held. */
  first: number;
  size: number;
  ended: boolean;
  /** Viewers that have seen everything so far. */
  waiting: Set<() => void>;
  cancelForgetting?: () => void;
}

/** `bound`: characters of one answer; of a longer one the beginning is let go. */
export function createKeptAnswers(clock: Pick<Clock, 'after'>, bound: () => number): KeptAnswers {
  /** Oldest first. */
  const entries = new Map<string, Entry>();
  let size = 0;

  function forget(id: string): void {
    const entry = entries.get(id);
    if (!entry) return;
    entry.cancelForgetting?.();
    entries.delete(id);
    size -= entry.size;
  }

  function makeRoom(entry: Entry): void {
    letGo(entry, bound());
    const most = bound() * ANSWERS_AT_BOUND;
    for (const [id, { ended }] of entries) {
      if (size <= most) return;
      if (ended) forget(id);
    }
    // What is left is still being written: each answer keeps to its share as it goes on.
    if (size > most) letGo(entry, most / entries.size);
  }

  /** The beginning of an answer, until `most` characters are left. */
  function letGo(entry: Entry, most: number): void {
    while (entry.size > most && entry.events.length > 1) {
      const length = entry.events.shift()?.length ?? 0;
      entry.first += 1;
      entry.size -= length;
      size -= length;
    }
  }

  function answer(id: string, entry: Entry): KeptAnswer {
    const count = () => entry.first + entry.events.length;
    const wake = () => {
      const waiting = [...entry.waiting];
      entry.waiting.clear();
      for (const go of waiting) go();
    };
    return {
      add(event) {
        entry.events.push(event);
        entry.size += event.length;
        size += event.length;
        makeRoom(entry);
        wake();
      },
      end() {
        entry.ended = true;
        entry.cancelForgetting = clock.after(KEPT_MS, () => forget(id));
        wake();
      },
      endsAt: (seen) => entry.ended && seen >= count(),
      async show(stream, from) {
        let next = from;
        stream.signal.addEventListener('abort', wake, { once: true });
        while (!stream.signal.aborted) {
          if (next < entry.first) return false;
          const at = next - entry.first;
          const some = entry.events.slice(at, at + EVENTS_A_WRITE);
          next += some.length;
          if (some.length === 0 && entry.ended) break;
          if (some.length === 0) await new Promise<void>((go) => entry.waiting.add(go));
          else if (!(await stream.write(some.join('')))) break;
        }
        return true;
      },
    };
  }

  return {
    keep(owner, id) {
      const entry: Entry = { owner, events: [], first: 0, size: 0, ended: false, waiting: new Set() };
      entries.set(id, entry);
      return answer(id, entry);
    },
    find(owner, id, from) {
      const entry = entries.get(id);
      if (entry?.owner === owner && from >= entry.first && from <= entry.first + entry.events.length) {
        return answer(id, entry);
      }
      throw noSuchAnswer();
    },
    close() {
      for (const id of entries.keys()) forget(id);
    },
  };
}
