import type { ErrorBody, NewChatEvent, Usage } from '@lightchat/protocol';
import type { ModelEvent, ModelRequest, RetryClass } from '../ports.ts';
import { type Asking, abortAsking } from './asking.ts';

/** How one try ended. `rest` holds events that arrived with the end and are not delivered yet. */
export type Outcome =
  | { type: 'finished'; reason: string; usage: Usage | null; rest: NewChatEvent[] }
  | { type: 'failed'; error: ErrorBody; retry: RetryClass; retry_after_ms?: number | undefined; rest: NewChatEvent[] }
  | { type: 'ended'; usage: Usage | null; rest: NewChatEvent[] }
  | { type: 'aborted' };

/** Takes what a model said, in order. Rejects with an AppError when it cannot; that ends the answer. */
export type Deliver = (events: NewChatEvent[]) => Promise<void> | undefined;

/** Asks the provider once and delivers what comes, batch by batch, until the stream ends. */
export async function attempt(asking: Asking, request: ModelRequest, deliver: Deliver): Promise<Outcome> {
  const { signal } = asking.controller;
  let usage: Usage | null = null;
  for await (const batch of asking.provider.chatStream(request, signal)) {
    if (signal.aborted) break;
    const events: NewChatEvent[] = [];
    for (const event of batch) {
      if (event.type === 'finish') return { type: 'finished', reason: event.reason, usage, rest: events };
      if (event.type === 'error') return { ...event, type: 'failed', rest: events };
      if (event.type === 'usage') usage = event.usage;
      else events.push(toChatEvent(event));
    }
    if (events.length > 0) {
      const taking = deliver(events);
      if (taking !== undefined) await taking;
      asking.output_length += lengthOf(events);
    }
    if (asking.output_length > asking.limits.output_bytes) abortAsking(asking, 'too-large');
  }
  return signal.aborted ? { type: 'aborted' } : { type: 'ended', usage, rest: [] };
}

function toChatEvent(event: Exclude<ModelEvent, { type: 'finish' | 'error' | 'usage' }>): NewChatEvent {
  return event.type === 'progress' ? { type: 'run-progress', state: event.state } : event;
}

function lengthOf(events: readonly NewChatEvent[]): number {
  let length = 0;
  for (const event of events) {
    if (event.type === 'text-delta' || event.type === 'reasoning-delta') length += event.text.length;
    // With its id and what the provider attached: those are kept too.
    else if (event.type === 'tool-call') length += JSON.stringify(event).length;
  }
  return length;
}
