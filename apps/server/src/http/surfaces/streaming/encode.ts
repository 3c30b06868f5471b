import { type ChatEvent, formatCursor, type Run } from '@lightchat/protocol';
import { sseEvent } from '../../kit/sse.ts';
import type { Encode } from '../../kit/stream-run.ts';

export interface Wanted {
  /** Events with a lower index are counted, not sent. */
  fromEvent: number;
  /** Tokens with a lower token index are counted, not sent; nor is what came before them. The end always is. */
  fromToken: number;
}

/**
 * `/chat/streaming`: tokens are numbered densely from 0, apart from the events they come in, and the
 * last event has the whole answer. So the codec sees the run from its first event, whatever is wanted.
 */
export function encodeTokens({ fromEvent, fromToken }: Wanted): Encode {
  let token = 0;
  let output = '';
  return (events, run) => {
    let text = '';
    for (const event of events) {
      const skipped = event.index < fromEvent;
      if (event.type === 'text-delta') {
        if (!skipped && token >= fromToken) {
          const data = `{"index":${token},"token":${JSON.stringify(event.text)}}`;
          text += sseEvent({ id: formatCursor(run.id, event.index), event: 'token', data });
        }
        token += 1;
        output += event.text;
      } else if (!skipped && (token >= fromToken || event.type === 'run-finished')) {
        text += encodeOther(event, run, output, events);
      }
    }
    return text;
  };
}

function encodeOther(event: ChatEvent, run: Run, output: string, batch: readonly ChatEvent[]): string {
  const id = formatCursor(run.id, event.index);
  switch (event.type) {
    case 'run-started': {
      const { run_id, conversation_id, message_id, provider_id, model_id } = event;
      const data = JSON.stringify({ run_id, conversation_id, message_id, provider_id, model_id });
      return sseEvent({ id, event: 'start', data });
    }
    case 'reasoning-delta':
      return sseEvent({ id, event: 'reasoning', data: JSON.stringify({ text: event.text }) });
    case 'run-finished': {
      const failure = batch.find((other) => other.type === 'error')?.error ?? run.error;
      if (failure) return sseEvent({ id, event: 'error', data: JSON.stringify(failure) });
      const { finish_reason, usage } = event;
      const total_tokens = usage?.total_tokens ?? 0;
      const data = JSON.stringify({ final_output: output, total_tokens, finish_reason, usage });
      return sseEvent({ id, event: 'done', data });
    }
    default:
      return '';
  }
}
