/** Rows to the protocol's objects. */
import type { ChatEvent, Conversation, Message, Run, RunStatus } from '@lightchat/protocol';

export interface ConversationRow {
  id: string;
  title: string;
  pinned: number;
  archived: number;
  active_leaf_id: string | null;
  created_at: string;
  updated_at: string;
}

export function toConversation(row: ConversationRow): Conversation {
  const { id, title, created_at, updated_at } = row;
  return { id, title, pinned: row.pinned === 1, archived: row.archived === 1, created_at, updated_at };
}

export interface MessageRow extends Omit<Message, 'parts' | 'usage' | 'error'> {
  position: number;
  client_id: string | null;
  parts: string;
  usage: string | null;
  error: string | null;
  /** When it was deleted, and with which message; null while it is there. */
  hidden_at: string | null;
  hidden_by: string | null;
}

/** Field by field: leaving out some of a row's columns by a pattern takes three times as long. */
export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    parent_id: row.parent_id,
    role: row.role,
    parts: JSON.parse(row.parts),
    status: row.status,
    run_id: row.run_id,
    provider_id: row.provider_id,
    model_id: row.model_id,
    finish_reason: row.finish_reason,
    usage: fromJson(row.usage),
    error: fromJson(row.error),
    created_at: row.created_at,
  };
}

export interface RunRow {
  position: number;
  id: string;
  owner: string;
  conversation_id: string;
  message_id: string;
  provider_id: string;
  model_id: string;
  status: RunStatus;
  attempts: number;
  next_index: number;
  finish_reason: string | null;
  usage: string | null;
  error: string | null;
  idempotency_key: string | null;
  fingerprint: string | null;
  duration_ms: number | null;
  first_output_ms: number | null;
  created_at: string;
  finished_at: string | null;
}

export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    status: row.status,
    conversation_id: row.conversation_id,
    message_id: row.message_id,
    provider_id: row.provider_id,
    model_id: row.model_id,
    attempts: row.attempts,
    next_index: row.next_index,
    finish_reason: row.finish_reason,
    usage: fromJson(row.usage),
    error: fromJson(row.error),
    duration_ms: row.duration_ms,
    first_output_ms: row.first_output_ms,
    created_at: row.created_at,
    finished_at: row.finished_at,
  };
}

export interface EventRow {
  first_index: number;
  kind: string;
  body: string;
}

/** The events of a row, in order. */
export function toEvents({ first_index: index, kind, body }: EventRow): ChatEvent[] {
  if (kind === 't') return [{ type: 'text-delta', index, text: body }];
  if (kind === 'r') return [{ type: 'reasoning-delta', index, text: body }];
  return JSON.parse(body) as ChatEvent[];
}

export function kindAndBody(events: readonly ChatEvent[]): [kind: string, body: string] {
  const [only] = events;
  if (events.length === 1 && (only?.type === 'text-delta' || only?.type === 'reasoning-delta')) {
    // Half a surrogate pair (an upstream that cuts by code unit) has no UTF-8, and JSON escapes it.
    if (only.text.isWellFormed()) return [only.type === 'text-delta' ? 't' : 'r', only.text];
  }
  return ['j', JSON.stringify(events)];
}

export function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
