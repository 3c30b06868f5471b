import type { FastifyReply } from 'fastify';
import type { PromptToolCall } from '../../../engine/ports.ts';
import type { CompletionEnd } from '../../../engine/run/complete.ts';
import { LOCAL_OWNER } from '../../kit/context.ts';
import { type Answering, goneSignal, noteFallback, toAppError } from './answering.ts';
import { type AnswerHead, toFinishReason, toToolCall, toUsage } from './completion-shape.ts';
import { type LetterCase, NAMES, spell } from './letter-case.ts';

/** Answers at once and whole. Throws whatever keeps the answer from being complete. */
export async function wholeCompletion(reply: FastifyReply, asked: Answering): Promise<FastifyReply> {
  const { engine, request, head, letters } = asked;
  let reasoning = '';
  const calls: PromptToolCall[] = [];
  const end = await engine.complete(LOCAL_OWNER, request, goneSignal(reply), (events) => {
    noteFallback(head, events);
    for (const event of events) {
      if (event.type === 'reasoning-delta') reasoning += event.text;
      else if (event.type === 'tool-call') calls.push(event);
    }
    return undefined;
  });
  if (end.error) throw toAppError(end.error);
  if (end.status === 'stopped') return reply.hijack(); // nobody is there to answer
  return reply.send(toCompletion(head, end, { reasoning, calls }, letters));
}

interface Said {
  reasoning: string;
  calls: readonly PromptToolCall[];
}

function toCompletion(head: AnswerHead, end: CompletionEnd, said: Said, letters: LetterCase): object {
  const { reasoning, calls } = said;
  const { finish_reason, tool_calls, reasoning_content } = NAMES[letters];
  const message = {
    role: 'assistant',
    // Some clients take null for an answer that is still to come, unless there is something to call.
    content: end.text === '' && calls.length > 0 ? null : end.text,
    refusal: null,
    ...(reasoning === '' ? {} : { [reasoning_content]: reasoning, reasoning }),
    ...(calls.length === 0 ? {} : { [tool_calls]: calls.map((call) => toToolCall(call, letters)) }),
  };
  const { id, created, model } = head;
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, [finish_reason]: toFinishReason(end, calls.length) }],
    usage: spell(toUsage(end.usage), letters),
  };
}
