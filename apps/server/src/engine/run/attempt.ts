import { type ErrorBody, isAppError, type NewChatEvent, type Usage } from '@lightchat/protocol';
import type { ModelEvent, ModelRequest, RetryClass } from '../ports.ts';
import { abortTask, type RunTask } from './run-task.ts';

/** How one try ended. `rest` holds events that arrived with the end and are not stored yet. */
export type Outcome =
  | { type: 'finished'; reason: string; usage: Usage | null; rest: NewChatEvent[] }
  | { type: 'failed'; error: ErrorBody; retry: RetryClass; retry_after_ms?: number | undefined; rest: NewChatEvent[] }
  | { type: 'ended'; usage: Usage | null; rest: NewChatEvent[] }
  | { type: 'aborted' };

export interface AttemptPorts {
  /** Stores and delivers; rejects with an AppError when that is impossible. */
  append(task: RunTask, events: NewChatEvent[]): Promise<void>;
}

/** Asks the provider once and stores what comes, batch by batch, until the stream ends. */
export async function attempt(ports: AttemptPorts, task: RunTask, request: ModelRequest): Promise<Outcome> {
  let usage: Usage | null = null;
  for await (const batch of task.provider.chatStream(request, task.controller.signal)) {
    if (task.controller.signal.aborted) break;
    const events: NewChatEvent[] = [];
    for (const event of batch) {
      if (event.type === 'finish') return { type: 'finished', reason: event.reason, usage, rest: events };
      if (event.type === 'error') return { ...event, type: 'failed', rest: events };
      if (event.type === 'usage') usage = event.usage;
      else events.push(toChatEvent(event));
    }
    if (events.length > 0) {
      try {
        await ports.append(task, events);
      } catch (error) {
        if (!isAppError(error)) throw error;
        return { type: 'failed', error: error.toBody(), retry: 'never', rest: [] };
      }
    }
    if (task.output_length > task.limits.output_bytes) abortTask(task, 'too-large');
  }
  return task.controller.signal.aborted ? { type: 'aborted' } : { type: 'ended', usage, rest: [] };
}

function toChatEvent(event: Exclude<ModelEvent, { type: 'finish' | 'error' | 'usage' }>): NewChatEvent {
  return event.type === 'progress' ? { type: 'run-progress', state: event.state } : event;
}
