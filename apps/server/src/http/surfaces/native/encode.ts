import { type ChatEvent, type ErrorBody, formatCursor, type Run } from '@lightchat/protocol';
import { sseEvent } from '../../kit/sse.ts';
import { sharedEncoding } from '../../kit/stream-run.ts';

/**
 * `POST /chat`: unnamed events carry tokens; `start`, `reasoning`, `done`, `error` are named, and so are
 * `progress`, `retry`, `fallback` and `tool-call`, which clients may ignore. A run that failed ends with `error`
 * instead of `done`; it stands where the run's last event does, so that a reconnect after it gets 204.
 */
export const encodeChat = sharedEncoding((events, run) => {
  let text = '';
  let error: ErrorBody | null = run.error;
  for (const event of events) {
    if (event.type === 'error') error = event.error;
    else text += encodeOne(event, run, error);
  }
  return text;
});

function encodeOne(event: ChatEvent, run: Run, error: ErrorBody | null): string {
  const id = formatCursor(run.id, event.index);
  switch (event.type) {
    case 'text-delta':
      return `id: ${id}\ndata: {"token":${JSON.stringify(event.text)}}\n\n`;
    case 'reasoning-delta':
      return sseEvent({ id, event: 'reasoning', data: JSON.stringify({ text: event.text }) });
    case 'run-started': {
      const { run_id, conversation_id, message_id, provider_id, model_id } = event;
      const data = JSON.stringify({ run_id, conversation_id, message_id, provider_id, model_id });
      return sseEvent({ id, event: 'start', data });
    }
    case 'run-progress':
      return sseEvent({ id, event: 'progress', data: JSON.stringify({ state: event.state }) });
    case 'retry-scheduled': {
      const { attempt, delay_ms } = event;
      return sseEvent({ id, event: 'retry', data: JSON.stringify({ attempt, delay_ms, error: event.error }) });
    }
    case 'fallback-taken': {
      const { attempt, provider_id, model_id } = event;
      const data = JSON.stringify({ attempt, provider_id, model_id, error: event.error });
      return sseEvent({ id, event: 'fallback', data });
    }
    case 'tool-call': {
      const { call_id, name } = event;
      return sseEvent({ id, event: 'tool-call', data: JSON.stringify({ call_id, name, arguments: event.arguments }) });
    }
    case 'run-finished': {
      if (error) return sseEvent({ id, event: 'error', data: JSON.stringify(error) });
      const { finish_reason, usage } = event;
      const data = JSON.stringify({ finish_reason, usage, run_id: run.id, message_id: run.message_id });
      return sseEvent({ id, event: 'done', data });
    }
    default:
      return ''; // usage travels in `done`; tool results and approvals have no form here yet
  }
}
