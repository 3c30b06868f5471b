/**
 * Chunks of one answer as server-sent events. A token costs one JSON string between two constant pieces.
 * Who reads which field: several clients tell reasoning by `reasoning_content`, others by `reasoning`; none counts twice.
 */
import type { NewChatEvent } from '@lightchat/protocol';
import type { CompletionEnd } from '../../../engine/run/complete.ts';
import { type AnswerHead, toFinishReason, toToolCall, toUsage } from './completion-shape.ts';
import type { OpenAIError } from './errors.ts';
import { type LetterCase, NAMES, spell } from './letter-case.ts';

/** Each answers whole events, in order. The first event of all says who speaks. */
export interface ChunkEncoder {
  /** The output among the events. */
  encode(events: readonly NewChatEvent[]): string[];
  /** Finish reason, usage when it is wanted, and the end mark. */
  finish(end: CompletionEnd, withUsage: boolean): string[];
  /** An error where no status can tell of it any more, and the end mark. */
  fail(error: OpenAIError): string[];
}

/** Events are numbered from 0: `id: <completion id>:<number>`. */
export function createChunkEncoder(head: AnswerHead, letters: LetterCase): ChunkEncoder {
  const about = JSON.stringify({
    id: head.id,
    object: 'chat.completion.chunk',
    created: head.created,
    model: head.model,
  });
  const beforeChoices = `${about.slice(0, -1)},"choices":`;
  const { tool_calls, reasoning_content, finish_reason } = NAMES[letters];
  const beforeDelta = `${beforeChoices}[{"index":0,"delta":{`;
  const afterDelta = `},"${finish_reason}":null}]}`;
  const beforeId = `id: ${head.id}:`;
  const beforeText = `\ndata: ${beforeDelta}"content":`;
  const afterText = `${afterDelta}\n\n`;
  let number = 0;
  let calls = 0;

  const event = (data: string) => `${beforeId}${number++}\ndata: ${data}\n\n`;
  const delta = (fields: string) => event(beforeDelta + fields + afterDelta);

  function encodeOne(said: NewChatEvent): string {
    switch (said.type) {
      case 'text-delta':
        return beforeId + number++ + beforeText + JSON.stringify(said.text) + afterText;
      case 'reasoning-delta': {
        const text = JSON.stringify(said.text);
        return delta(`"${reasoning_content}":${text},"reasoning":${text}`);
      }
      case 'tool-call': {
        const call = { index: calls++, ...toToolCall(said, letters) };
        return delta(`"${tool_calls}":[${JSON.stringify(call)}]`);
      }
      default:
        return ''; // retries and progress come before the answer, and have no form here
    }
  }

  const begin = () => (number === 0 ? [delta('"role":"assistant","content":""')] : []);

  return {
    encode(events) {
      const encoded = begin();
      for (const said of events) {
        const text = encodeOne(said);
        if (text !== '') encoded.push(text);
      }
      return encoded;
    },
    finish(end, withUsage) {
      const encoded = begin();
      const reason = JSON.stringify(toFinishReason(end, calls));
      encoded.push(event(`${beforeChoices}[{"index":0,"delta":{},"${finish_reason}":${reason}}]}`));
      if (withUsage) {
        const usage = JSON.stringify(spell(toUsage(end.usage), letters));
        encoded.push(event(`${beforeChoices}[],"usage":${usage}}`));
      }
      encoded.push(event('[DONE]'));
      return encoded;
    },
    fail: (error) => [event(JSON.stringify(error)), event('[DONE]')],
  };
}
