/** What answering whole and answering in chunks have in common. */
import { AppError, type ErrorBody, type NewChatEvent } from '@lightchat/protocol';
import type { FastifyReply } from 'fastify';
import type { ChatEngine } from '../../../engine/chat-engine.ts';
import type { CompletionRequest } from '../../../engine/completions.ts';
import type { AnswerHead } from './completion-shape.ts';
import type { LetterCase } from './letter-case.ts';

export interface Answering {
  engine: Pick<ChatEngine, 'complete'>;
  request: CompletionRequest;
  head: AnswerHead;
  letters: LetterCase;
}

/** Calls `leave` when the client hangs up, at once when it has. */
export function whenGone({ raw }: FastifyReply, leave: () => void): void {
  if (raw.destroyed) leave();
  else raw.on('close', leave);
}

/** Aborts when the client hangs up. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  // Without a reason of ours, every answer's end would make an error with a stack.
  whenGone(reply, () => gone.abort('gone'));
  return gone.signal;
}

/** Before any output another model may take over; the answer then names that one. */
export function noteFallback(head: AnswerHead, events: readonly NewChatEvent[]): void {
  for (const event of events) {
    if (event.type === 'fallback-taken') head.model = `${event.provider_id}/${event.model_id}`;
  }
}

export function toAppError({ error_code, message, details }: ErrorBody): AppError {
  return new AppError(error_code, message, { details });
}
