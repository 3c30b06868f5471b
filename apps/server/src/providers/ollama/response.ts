/** Reads the lines of `/api/chat`. */
import type { Answer } from '../kit/answer.ts';
import { badEvent } from '../kit/answer-faults.ts';
import type { Translator } from '../kit/answer-stream.ts';
import { CallIds } from '../kit/call-ids.ts';
import { asCount, asText, isObject, type JsonObject, parseJson } from '../kit/json-value.ts';
import { type Asked, refusalInStream } from '../kit/refusal.ts';
import type { Target } from '../kit/target.ts';
import { isErrorValue } from '../kit/upstream-error.ts';

export function createTranslator(target: Target, asked: Asked, answer: Answer): Translator {
  const ids = new CallIds();
  let called = false;

  function read(data: string): void {
    const line = parseJson(data);
    if (!isObject(line)) {
      answer.end(badEvent(target, data));
      return;
    }
    if (isObject(line.message)) readMessage(line.message);
    if (isErrorValue(line)) answer.fail(refusalInStream(target, asked, line));
    else if (line.done === true) readEnd(line);
  }

  function readMessage(message: JsonObject): void {
    if (typeof message.thinking === 'string') answer.reasoning(message.thinking);
    if (typeof message.content === 'string') answer.text(message.content);
    if (!Array.isArray(message.tool_calls)) return;
    for (const call of message.tool_calls) if (isObject(call)) readCall(call);
  }

  /** Calls come whole, with their arguments as an object. */
  function readCall(call: JsonObject): void {
    const fn = isObject(call.function) ? call.function : {};
    const name = asText(fn.name);
    if (!name) return;
    called = true;
    const text = typeof fn.arguments === 'string' ? fn.arguments : JSON.stringify(fn.arguments ?? {});
    answer.toolCall({ call_id: ids.take(asText(call.id)), name, arguments: text });
  }

  function readEnd(line: JsonObject): void {
    const prompt_tokens = asCount(line.prompt_eval_count);
    const completion_tokens = asCount(line.eval_count);
    if (prompt_tokens !== undefined || completion_tokens !== undefined) {
      const [prompt, completion] = [prompt_tokens ?? 0, completion_tokens ?? 0];
      answer.usage({ prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion });
    }
    if (line.done_reason === 'length') answer.finish('length');
    else if (line.done_reason === 'content_filter') answer.finish('content_filter');
    else answer.finish(called ? 'tool_calls' : 'stop');
    answer.done();
  }

  return { read };
}
