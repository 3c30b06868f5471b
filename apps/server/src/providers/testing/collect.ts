import type { LLMProvider, ModelEvent, ModelRequest } from '../../engine/ports.ts';

/** What an answer amounted to, short enough to compare at a glance. */
export interface Summary {
  text: string;
  reasoning: string;
  calls: string[];
  /** `finish stop`, or `ERROR_CODE retry-class reason`, or `nothing`. */
  end: string;
}

export async function collect(
  provider: LLMProvider,
  request: string | ModelRequest,
  signal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const full = typeof request === 'string' ? { model_id: request, messages: [HELLO] } : request;
  const events: ModelEvent[] = [];
  for await (const batch of provider.chatStream(full, signal)) events.push(...batch);
  return events;
}

export const HELLO = { role: 'user', text: 'Hello' } as const;

export function summarize(events: readonly ModelEvent[]): Summary {
  const summary: Summary = { text: '', reasoning: '', calls: [], end: 'nothing' };
  for (const event of events) {
    if (event.type === 'text-delta') summary.text += event.text;
    else if (event.type === 'reasoning-delta') summary.reasoning += event.text;
    else if (event.type === 'tool-call') summary.calls.push(`${event.name}(${event.arguments})`);
    else if (event.type === 'finish') summary.end = `finish ${event.reason}`;
    else if (event.type === 'error') {
      const { error_code, details } = event.error;
      summary.end = [error_code, event.retry, details.reason].filter(Boolean).join(' ');
    }
  }
  return summary;
}

export type ErrorEvent = Extract<ModelEvent, { type: 'error' }>;

/** The error an answer ended with. Throws when it did not. */
export function errorOf(events: readonly ModelEvent[]): ErrorEvent {
  const last = events.at(-1);
  if (last?.type !== 'error') throw new Error(`expected an error at the end, got ${JSON.stringify(last)}`);
  return last;
}
