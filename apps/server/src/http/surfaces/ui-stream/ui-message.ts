import type { Message, MessagePart } from '@lightchat/protocol';
import { toolInput } from './tool-input.ts';

/** A message as `useChat` holds it. */
export interface UiMessage {
  id: string;
  role: Message['role'];
  metadata: Record<string, unknown>;
  parts: UiMessagePart[];
}

export type UiMessagePart =
  | { type: 'step-start' }
  | { type: 'text' | 'reasoning'; text: string; state: 'streaming' | 'done' }
  | { type: 'file'; mediaType: string; url: string; filename?: string }
  | ({ type: 'dynamic-tool'; toolCallId: string; toolName: string; input: unknown } & ToolState);

type ToolState =
  | { state: 'input-available' }
  | { state: 'approval-requested'; approval: { id: string } }
  | { state: 'approval-responded' | 'output-denied'; approval: { id: string; approved: boolean } }
  | { state: 'output-available'; output: string }
  | { state: 'output-error'; errorText: string };

type ToolCallPart = Extract<MessagePart, { type: 'tool-call' }>;

/** A stored message as a client would have folded it from the stream. */
export function toUIMessage(message: Message): UiMessage {
  const { id, role, status, conversation_id, created_at } = message;
  if (role === 'user') return { id, role, metadata: { conversation_id, created_at }, parts: partsOf(message) };
  const { run_id, provider_id, model_id, finish_reason, usage } = message;
  const about = { run_id, conversation_id, provider_id, model_id, created_at, status, finish_reason, usage };
  const metadata = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== null));
  return { id, role, metadata, parts: partsOf(message) };
}

/** What follows the results of tools is another step, as in the stream; calls side by side are taken for one. */
function partsOf({ role, parts, status }: Message): UiMessagePart[] {
  const shown: UiMessagePart[] = role === 'assistant' ? [{ type: 'step-start' }] : [];
  for (const [at, part] of parts.entries()) {
    const before = parts[at - 1];
    if (part.type !== 'tool-call' && before?.type === 'tool-call' && hasResult(before)) {
      shown.push({ type: 'step-start' });
    }
    const isOpen = status === 'running' && at === parts.length - 1;
    if (part.type === 'fallback') continue; // told live, as data; clients have no part for it
    shown.push(toPart(part, isOpen ? 'streaming' : 'done'));
  }
  return shown;
}

function hasResult({ state }: ToolCallPart): boolean {
  return state === 'done' || state === 'failed';
}

function toPart(part: Exclude<MessagePart, { type: 'fallback' }>, state: 'streaming' | 'done'): UiMessagePart {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { type: part.type, text: part.text, state };
    case 'file': {
      const { media_type: mediaType, url, filename } = part;
      return { type: 'file', mediaType, url, ...(filename === undefined ? {} : { filename }) };
    }
    case 'tool-call': {
      const { input, ...fault } = toolInput(part.arguments);
      const about = { type: 'dynamic-tool', toolCallId: part.call_id, toolName: part.name, input } as const;
      return { ...about, ...toolState(part, 'errorText' in fault ? fault.errorText : undefined) };
    }
  }
}

function toolState({ state, output = '', approval_id: id = '' }: ToolCallPart, fault: string | undefined): ToolState {
  switch (state) {
    case 'called':
      return fault === undefined ? { state: 'input-available' } : { state: 'output-error', errorText: fault };
    case 'awaiting-approval':
      return { state: 'approval-requested', approval: { id } };
    case 'approved':
      return { state: 'approval-responded', approval: { id, approved: true } };
    case 'denied':
      return { state: 'output-denied', approval: { id, approved: false } };
    case 'done':
      return { state: 'output-available', output };
    case 'failed':
      return { state: 'output-error', errorText: output };
  }
}
