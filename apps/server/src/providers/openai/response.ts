/** Reads chunks of `/chat/completions`, and whole completions, in the dialects that are in use. */
import type { Usage } from '@lightchat/protocol';
import type { Answer, FinishReason } from '../kit/answer.ts';
import { badEvent, tooLarge } from '../kit/answer-faults.ts';
import type { Translator } from '../kit/answer-stream.ts';
import { asCount, asText, isObject, type JsonObject, parseJson } from '../kit/json-value.ts';
import { type Asked, refusalInStream } from '../kit/refusal.ts';
import type { Target } from '../kit/target.ts';
import { isErrorValue } from '../kit/upstream-error.ts';
import type { ReasoningPlace } from './messages.ts';
import { ToolCallJoiner } from './tool-calls.ts';

/** `onReasoning` is told where this server puts reasoning, whenever it does. */
export function createTranslator(
  target: Target,
  asked: Asked,
  answer: Answer,
  maxArguments: number,
  onReasoning: (place: ReasoningPlace) => void,
): Translator {
  const calls = new ToolCallJoiner();

  function read(data: string, name: string | undefined): void {
    if (data === '[DONE]') {
      emitCalls();
      answer.done();
      return;
    }
    const value = parseJson(data);
    if (name === 'error') {
      answer.fail(refusalInStream(target, asked, value ?? data));
      return;
    }
    if (!isObject(value)) {
      answer.end(badEvent(target, data));
      return;
    }
    const failed = isErrorValue(value);
    const usage = isObject(value.usage) ? readUsage(value.usage) : undefined;
    if (usage) answer.usage(usage);
    const choice = Array.isArray(value.choices) ? value.choices[0] : undefined;
    if (isObject(choice)) readChoice(choice, failed);
    if (failed) answer.fail(refusalInStream(target, asked, value));
  }

  function readChoice(choice: JsonObject, failed: boolean): void {
    if (typeof choice.index === 'number' && choice.index > 0) return;
    const delta = isObject(choice.delta) ? choice.delta : choice.message;
    if (isObject(delta)) readDelta(delta);
    const reason = asText(choice.finish_reason);
    if (reason === undefined || failed) return;
    if (reason === 'error') {
      answer.fail(refusalInStream(target, asked, choice.error ?? {}));
      return;
    }
    const called = emitCalls();
    answer.finish(called ? 'tool_calls' : toFinishReason(reason));
  }

  function readDelta(delta: JsonObject): void {
    // Both spellings are in use, and some servers send the same text under both.
    const spelledOut = asText(delta.reasoning_content);
    const reasoning = spelledOut ?? asText(delta.reasoning);
    if (reasoning) {
      answer.reasoning(reasoning);
      onReasoning(spelledOut ? 'reasoning_content' : 'reasoning');
    }
    if (typeof delta.content === 'string') answer.text(delta.content);
    else if (Array.isArray(delta.content)) readParts(delta.content);
    const refusal = asText(delta.refusal);
    if (refusal) answer.text(refusal);
    if (!Array.isArray(delta.tool_calls)) return;
    for (const fragment of delta.tool_calls) calls.add(fragment);
    if (calls.size > maxArguments) answer.fail(tooLarge(target, maxArguments));
  }

  /** Content as a list of parts: Mistral's reasoning models. */
  function readParts(parts: unknown[]): void {
    for (const part of parts) {
      if (!isObject(part)) continue;
      if (typeof part.text === 'string') answer.text(part.text);
      if (!Array.isArray(part.thinking)) continue;
      for (const thought of part.thinking) {
        if (isObject(thought) && typeof thought.text === 'string') answer.reasoning(thought.text);
      }
      onReasoning('content');
    }
  }

  function emitCalls(): boolean {
    const whole = calls.take();
    for (const call of whole) answer.toolCall(call);
    return whole.length > 0;
  }

  return { read };
}

function toFinishReason(reason: string): FinishReason {
  switch (reason) {
    case 'length':
    case 'max_tokens':
      return 'length';
    case 'tool_calls':
    case 'function_call':
      return 'tool_calls';
    case 'content_filter':
    case 'refusal':
      return 'content_filter';
    default:
      return 'stop'; // `stop`, `eos`, `end_turn`, `stop_sequence`
  }
}

function readUsage(usage: JsonObject): Usage | undefined {
  const prompt_tokens = asCount(usage.prompt_tokens);
  const completion_tokens = asCount(usage.completion_tokens);
  if (prompt_tokens === undefined && completion_tokens === undefined) return undefined;
  const sum = (prompt_tokens ?? 0) + (completion_tokens ?? 0);
  const counted: Usage = {
    prompt_tokens: prompt_tokens ?? 0,
    completion_tokens: completion_tokens ?? 0,
    total_tokens: asCount(usage.total_tokens) ?? sum,
  };
  // DeepSeek counts cached tokens beside the others.
  const cached = countIn(usage.prompt_tokens_details, 'cached_tokens') ?? asCount(usage.prompt_cache_hit_tokens);
  if (cached !== undefined) counted.cached_tokens = cached;
  const reasoned = countIn(usage.completion_tokens_details, 'reasoning_tokens');
  if (reasoned !== undefined) counted.reasoning_tokens = reasoned;
  return counted;
}

function countIn(details: unknown, name: string): number | undefined {
  return isObject(details) ? asCount(details[name]) : undefined;
}
