/** What answering whole and answering as a stream have in common. */
import type { AppError, ErrorBody } from '@lightchat/protocol';
import type { ChatEngine } from '../../../../engine/chat-engine.ts';
import type { CompletionRequest } from '../../../../engine/completions.ts';
import type { CompletionEnd } from '../../../../engine/run/complete.ts';
import { toAppError } from '../answering.ts';
import type { Output, OutputItem } from './output.ts';
import type { ResponseHead, ResponseState } from './response-json.ts';
import type { ToolOrigin } from './tools.ts';

export interface Answering {
  engine: Pick<ChatEngine, 'complete'>;
  request: CompletionRequest;
  /** Which tools the names in calls mean. */
  origins: ReadonlyMap<string, ToolOrigin>;
  head: ResponseHead;
  /** Makes the ids of this answer unique. */
  seed: string;
  /** Takes the items of an answer that has ended well. */
  said(items: readonly OutputItem[]): void;
  /** Aborts when the client hangs up. */
  gone: AbortSignal;
}

/** A failed answer, thrown. What is too long came as `input`, not as the `messages` of chat completions. */
export function toThrown(error: ErrorBody): AppError {
  if (error.error_code !== 'CONTEXT_LENGTH_EXCEEDED') return toAppError(error);
  const issues = [{ path: 'input', message: error.message }];
  return toAppError({ ...error, details: { ...error.details, issues } });
}

/** Ends the output of a model that said all it will, and tells how the response stands. */
export function settle(output: Output, end: CompletionEnd, said: Answering['said']): ResponseState {
  const { finish_reason, usage } = end;
  const { items } = output;
  const cut = finish_reason === 'length' || finish_reason === 'content_filter';
  output.end(cut ? 'incomplete' : 'completed');
  said(items);
  if (!cut) return { status: 'completed', items, usage };
  const incomplete_reason = finish_reason === 'length' ? 'max_output_tokens' : 'content_filter';
  return { status: 'incomplete', items, usage, incomplete_reason };
}
