/** What answering whole and answering as a stream have in common. */
import { AppError, type ErrorBody, type NewChatEvent } from '@lightchat/protocol';
import type { FastifyReply } from 'fastify';
import type { ChatEngine } from '../../../../engine/chat-engine.ts';
import type { CompletionEnd } from '../../../../engine/run/complete.ts';
import type { AskedFor } from './completion-request.ts';
import type { Output } from './output.ts';
import type { ResponseHead, ResponseState } from './response-json.ts';

export interface Answering {
  engine: Pick<ChatEngine, 'complete'>;
  asked: AskedFor;
  head: ResponseHead;
  /** Makes the ids of this answer unique. */
  seed: string;
}

/** Aborts when the client hangs up. */
export function whenGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort('gone');
  else raw.on('close', () => gone.abort('gone'));
  return gone.signal;
}

/** Before any output another model may take over; the response then names that one. */
export function noteFallback(head: ResponseHead, event: NewChatEvent): void {
  if (event.type === 'fallback-taken') head.model = `${event.provider_id}/${event.model_id}`;
}

/** How a response stands whose model said all that it will. Ends the output. */
export function settle(output: Output, { finish_reason, usage }: CompletionEnd): ResponseState {
  const { items } = output;
  const cut = finish_reason === 'length' || finish_reason === 'content_filter';
  output.end(cut ? 'incomplete' : 'completed');
  if (!cut) return { status: 'completed', items, usage };
  const incomplete_reason = finish_reason === 'length' ? 'max_output_tokens' : 'content_filter';
  return { status: 'incomplete', items, usage, incomplete_reason };
}

export function toAppError({ error_code, message, details }: ErrorBody): AppError {
  return new AppError(error_code, message, { details });
}
