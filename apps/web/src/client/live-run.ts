/** The run that is being watched: events go in, the message to show comes out. Pure; knows no connection. */
import type { ChatEvent, ErrorBody, Message } from '@lightchat/protocol';
import { applyEvents } from '@lightchat/protocol/apply-event';
import { outputLength } from './message-text.ts';

/** What the answer waits for while it has no output yet. `at` is wall time in ms. */
export type Activity =
  | { kind: 'sending' }
  | { kind: 'waiting' }
  | { kind: 'loading-model' }
  | { kind: 'retrying'; at: number; attempt: number; error: ErrorBody }
  | { kind: 'writing' };

/** Worth a frame of their own; everything else is merged with its neighbours. */
const AT_ONCE = new Set<ChatEvent['type']>([
  'run-finished',
  'error',
  'run-progress',
  'retry-scheduled',
  'fallback-taken',
  'tool-call',
]);

export class LiveRun {
  readonly runId: string;
  /** The index of the first event that was not taken yet. */
  nextIndex = 0;
  activity: Activity = { kind: 'waiting' };
  stopping = false;
  /** The server has nothing more to say about it; its stored message is the truth. */
  gone = false;
  finished = false;
  #stored: Message;
  #folded: Message;
  #buffer: ChatEvent[] = [];

  /** `stored` may hold a part of the answer already; it is replaced as soon as the events have caught up with it. */
  constructor(runId: string, stored: Message) {
    this.runId = runId;
    this.#stored = stored;
    this.#folded = { ...stored, parts: [], status: 'running', finish_reason: null, usage: null, error: null };
    if (outputLength(stored) > 0) this.activity = { kind: 'writing' };
  }

  get id(): string {
    return this.#stored.id;
  }

  /** The message as far as it is known: a replay never shows less than what was stored. */
  get shown(): Message {
    const behind = !this.finished && outputLength(this.#folded) < outputLength(this.#stored);
    return behind ? this.#stored : this.#folded;
  }

  /** Takes one event in order. Answers whether it should be seen at once. */
  take(event: ChatEvent): boolean {
    this.nextIndex = event.index + 1;
    const first = this.#buffer.length === 0 && this.activity.kind !== 'writing';
    this.#buffer.push(event);
    return AT_ONCE.has(event.type) || (first && event.type === 'text-delta');
  }

  /** Folds what was taken since the last call. Answers whether anything was. */
  fold(): boolean {
    if (this.#buffer.length === 0) return false;
    const events = this.#buffer;
    this.#buffer = [];
    this.#folded = applyEvents(this.#folded, mergeDeltas(events));
    for (const event of events) this.activity = activityAfter(this.activity, event);
    this.finished ||= events.at(-1)?.type === 'run-finished';
    return true;
  }
}

function activityAfter(activity: Activity, event: ChatEvent): Activity {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-call':
      return activity.kind === 'writing' ? activity : { kind: 'writing' };
    case 'run-progress':
      return { kind: event.state };
    case 'fallback-taken':
      return { kind: 'waiting' };
    case 'retry-scheduled': {
      const { attempt, delay_ms, error } = event;
      return { kind: 'retrying', at: Date.now() + delay_ms, attempt, error };
    }
    default:
      return activity;
  }
}

/** Neighbouring deltas of one kind become one: the reducer copies the list of parts once per event. */
function mergeDeltas(events: readonly ChatEvent[]): ChatEvent[] {
  const merged: ChatEvent[] = [];
  for (const event of events) {
    const last = merged.at(-1);
    if ((event.type === 'text-delta' || event.type === 'reasoning-delta') && last?.type === event.type) {
      merged[merged.length - 1] = { ...last, text: last.text + event.text };
    } else {
      merged.push(event);
    }
  }
  return merged;
}
