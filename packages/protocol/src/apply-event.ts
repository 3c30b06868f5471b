import type { ChatEvent } from './chat-event.ts';
import type { Message, MessagePart } from './message.ts';

/**
 * The one reducer from events to a message. The server folds a run with it to store the message,
 * the page folds the same events to show it, so a reload cannot differ from the live view.
 * Pure: returns a new message, or the same one when the event changes nothing.
 */
export function applyEvent(message: Message, event: ChatEvent): Message {
  switch (event.type) {
    case 'text-delta':
      return { ...message, parts: appendText(message.parts, 'text', event.text) };
    case 'reasoning-delta':
      return { ...message, parts: appendText(message.parts, 'reasoning', event.text) };
    case 'tool-call': {
      const { call_id, name } = event;
      const part: MessagePart = { type: 'tool-call', call_id, name, arguments: event.arguments, state: 'called' };
      return { ...message, parts: [...message.parts, part] };
    }
    case 'tool-result':
      return changeCall(message, 'call_id', event.call_id, {
        state: event.is_error ? 'failed' : 'done',
        output: event.output,
      });
    case 'approval-requested':
      return changeCall(message, 'call_id', event.call_id, {
        state: 'awaiting-approval',
        approval_id: event.approval_id,
      });
    case 'approval-resolved':
      return changeCall(message, 'approval_id', event.approval_id, {
        state: event.approved ? 'approved' : 'denied',
      });
    case 'usage':
      return { ...message, usage: event.usage };
    case 'error':
      return { ...message, error: event.error };
    case 'run-finished':
      return { ...message, status: event.status, finish_reason: event.finish_reason, usage: event.usage };
    default:
      return message; // run-started, run-progress, retry-scheduled, and types newer than this code
  }
}

/** Folds a batch. Neighbouring deltas cost one copy of the parts list each; batches are short. */
export function applyEvents(message: Message, events: Iterable<ChatEvent>): Message {
  let folded = message;
  for (const event of events) folded = applyEvent(folded, event);
  return folded;
}

function appendText(parts: MessagePart[], type: 'text' | 'reasoning', text: string): MessagePart[] {
  const last = parts.at(-1);
  if (last?.type !== type) return [...parts, { type, text }];
  const grown = parts.slice();
  grown[grown.length - 1] = { type, text: last.text + text };
  return grown;
}

type ToolCallPart = Extract<MessagePart, { type: 'tool-call' }>;

function changeCall(
  message: Message,
  key: 'call_id' | 'approval_id',
  value: string,
  change: Partial<ToolCallPart>,
): Message {
  const parts = message.parts.map((part) =>
    part.type === 'tool-call' && part[key] === value ? { ...part, ...change } : part,
  );
  return { ...message, parts };
}
