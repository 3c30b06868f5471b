/**
 * From a run's events to the chunks a client folds. It has a memory (which part is open, which step), so it must see
 * a run from its first event; then the same events give the same chunks, however they are cut into batches.
 */
import type { ChatEvent, ErrorBody } from '@lightchat/protocol';
import type { UiChunk } from './chunk.ts';
import { toolInput } from './tool-input.ts';

type Event<T extends ChatEvent['type']> = Extract<ChatEvent, { type: T }>;

export function createChunker(): (event: ChatEvent) => UiChunk[] {
  let open: { kind: 'text' | 'reasoning'; id: string } | undefined;
  /** The model has its tools' results: what it says next is another step. */
  let stepIsOver = false;
  let error: ErrorBody | undefined;
  const callOf = new Map<string, string>();

  function close(): UiChunk[] {
    if (!open) return [];
    const { kind, id } = open;
    open = undefined;
    return [{ type: `${kind}-end`, id }];
  }

  function step(): UiChunk[] {
    if (!stepIsOver) return [];
    stepIsOver = false;
    return [{ type: 'finish-step' }, { type: 'start-step' }];
  }

  function delta(kind: 'text' | 'reasoning', { index, text }: { index: number; text: string }): UiChunk[] {
    if (open?.kind === kind) return [{ type: `${kind}-delta`, id: open.id, delta: text }];
    const before = [...close(), ...step()];
    const id = `${kind}-${index}`;
    open = { kind, id };
    return [...before, { type: `${kind}-start`, id }, { type: `${kind}-delta`, id, delta: text }];
  }

  function toolCall({ call_id: toolCallId, name: toolName, arguments: text }: Event<'tool-call'>): UiChunk[] {
    const about = { toolCallId, toolName, ...toolInput(text), dynamic: true } as const;
    return [
      ...close(),
      ...step(),
      { type: 'tool-input-start', toolCallId, toolName, dynamic: true },
      { type: 'tool-input-delta', toolCallId, inputTextDelta: text },
      'errorText' in about ? { type: 'tool-input-error', ...about } : { type: 'tool-input-available', ...about },
    ];
  }

  function toolResult({ call_id: toolCallId, output, is_error }: Event<'tool-result'>): UiChunk[] {
    stepIsOver = true;
    if (is_error) return [...close(), { type: 'tool-output-error', toolCallId, errorText: output, dynamic: true }];
    return [...close(), { type: 'tool-output-available', toolCallId, output, dynamic: true }];
  }

  function end({ status, finish_reason, usage }: Event<'run-finished'>): UiChunk[] {
    const messageMetadata = { status, finish_reason, ...(usage ? { usage } : {}) };
    const closed: UiChunk[] = [...close(), { type: 'finish-step' }];
    if (error) {
      return [...closed, { type: 'message-metadata', messageMetadata }, { type: 'error', errorText: error.message }];
    }
    if (status === 'stopped') closed.push({ type: 'abort' });
    return [...closed, { type: 'finish', finishReason: finishReasonOf(finish_reason), messageMetadata }];
  }

  return (event) => {
    switch (event.type) {
      case 'run-started': {
        const { message_id: messageId, run_id, conversation_id, provider_id, model_id, created_at } = event;
        const messageMetadata = { run_id, conversation_id, provider_id, model_id, created_at };
        return [{ type: 'start', messageId, messageMetadata }, { type: 'start-step' }];
      }
      case 'text-delta':
        return delta('text', event);
      case 'reasoning-delta':
        return delta('reasoning', event);
      case 'tool-call':
        return toolCall(event);
      case 'tool-result':
        return toolResult(event);
      case 'approval-requested': {
        const { approval_id: approvalId, call_id: toolCallId } = event;
        callOf.set(approvalId, toolCallId);
        return [...close(), { type: 'tool-approval-request', approvalId, toolCallId }];
      }
      case 'approval-resolved': {
        const toolCallId = callOf.get(event.approval_id);
        return event.approved || !toolCallId ? [] : [{ type: 'tool-output-denied', toolCallId }];
      }
      case 'run-progress':
        return [{ type: 'data-progress', data: { state: event.state }, transient: true }];
      case 'retry-scheduled': {
        const { attempt, delay_ms } = event;
        return [{ type: 'data-retry', data: { attempt, delay_ms, message: event.error.message }, transient: true }];
      }
      case 'fallback-taken': {
        const { attempt, provider_id, model_id } = event;
        const data = { attempt, provider_id, model_id, message: event.error.message };
        return [
          { type: 'message-metadata', messageMetadata: { provider_id, model_id } },
          { type: 'data-fallback', data, transient: true },
        ];
      }
      case 'error':
        error = event.error;
        return [];
      case 'run-finished':
        return end(event);
      default:
        return []; // usage travels with the end; types newer than this code
    }
  };
}

function finishReasonOf(reason: string): Extract<UiChunk, { type: 'finish' }>['finishReason'] {
  switch (reason) {
    case 'stop':
    case 'length':
      return reason;
    case 'tool_calls':
      return 'tool-calls';
    case 'content_filter':
      return 'content-filter';
    default:
      return 'other';
  }
}
