import type { ChatEvent } from './chat-event.ts';
import type { Message, MessagePart } from './message.ts';

/**
 * The one reducer from events to a message. The server folds a run with it to store the message,
 * the page folds the same events to show it, so a reload cannot differ from the live view.
 * Pure: returns a new message, or the same one when the events change nothing. The list of parts is
 * copied once a batch, and parts that do not change are shared.
 */
export function applyEvents(message: Message, events: Iterable<ChatEvent>): Message {
  let folded = message;
  const own = () => {
    if (folded === message) folded = { ...message, parts: message.parts.slice() };
    return folded;
  };
  for (const event of events) applyEvent(own, event);
  return folded;
}

/** `own` gives the message that may be changed. */
function applyEvent(own: () => Message, event: ChatEvent): void {
  switch (event.type) {
    case 'text-delta':
      appendText(own().parts, 'text', event.text);
      break;
    case 'reasoning-delta':
      appendText(own().parts, 'reasoning', event.text);
      break;
    case 'tool-call': {
      const { call_id, name, provider_data } = event;
      const attached = provider_data ? { provider_data } : {};
      own().parts.push({ type: 'tool-call', call_id, name, arguments: event.arguments, state: 'called', ...attached });
      break;
    }
    case 'tool-result': {
      const { output, is_error } = event;
      changeCall(own().parts, 'call_id', event.call_id, { state: is_error ? 'failed' : 'done', output });
      break;
    }
    case 'approval-requested': {
      const { approval_id } = event;
      changeCall(own().parts, 'call_id', event.call_id, { state: 'awaiting-approval', approval_id });
      break;
    }
    case 'approval-resolved': {
      const state = event.approved ? 'approved' : 'denied';
      changeCall(own().parts, 'approval_id', event.approval_id, { state });
      break;
    }
    case 'fallback-taken': {
      const answer = own();
      const { provider_id, model_id } = answer;
      answer.parts.push({
        type: 'fallback',
        provider_id: provider_id ?? '',
        model_id: model_id ?? '',
        error: event.error,
      });
      Object.assign(answer, { provider_id: event.provider_id, model_id: event.model_id });
      break;
    }
    case 'usage':
      own().usage = event.usage;
      break;
    case 'error':
      own().error = event.error;
      break;
    case 'run-finished': {
      const { status, finish_reason, usage } = event;
      Object.assign(own(), { status, finish_reason, usage });
      break;
    }
    default: // run-started, run-progress, retry-scheduled, and types newer than this code
  }
}

function appendText(parts: MessagePart[], type: 'text' | 'reasoning', text: string): void {
  const last = parts.at(-1);
  if (last?.type === type) parts[parts.length - 1] = { type, text: last.text + text };
  else parts.push({ type, text });
}

type ToolCallPart = Extract<MessagePart, { type: 'tool-call' }>;

function changeCall(
  parts: MessagePart[],
  key: 'call_id' | 'approval_id',
  value: string,
  change: Partial<ToolCallPart>,
): void {
  for (const [at, part] of parts.entries()) {
    if (part.type === 'tool-call' && part[key] === value) parts[at] = { ...part, ...change };
  }
}
