/**
 * A response as server-sent events. Reasoning goes out as a summary: that is the form every client reads, while the
 * raw form (`reasoning_text`) is ignored by several.
 */
import type { OutputItem, OutputWatcher } from './output.ts';
import {
  itemJson,
  type ResponseHead,
  type ResponseState,
  responseJson,
  summaryPart,
  textPart,
} from './response-json.ts';

export interface StreamEvents extends OutputWatcher {
  /** The first two events. */
  begin(head: ResponseHead): void;
  /** The last one: `response.completed`, `.incomplete` or `.failed`. */
  finish(head: ResponseHead, state: ResponseState): void;
  /** An event that raises in clients which read on after `response.failed`. */
  error(error: { message: string; type: string; param: string | null; code: string | null }): void;
  /** What was said since the last call. */
  take(): string;
}

/** Of an item: the name of its deltas, the place within it that they name, and what they add up to. */
const GROWTH = {
  message: { event: 'response.output_text', place: ',"content_index":0', extra: ',"logprobs":[]', whole: 'text' },
  reasoning: { event: 'response.reasoning_summary_text', place: ',"summary_index":0', extra: '', whole: 'text' },
  function_call: { event: 'response.function_call_arguments', place: '', extra: '', whole: 'arguments' },
  custom_tool_call: { event: 'response.custom_tool_call_input', place: '', extra: '', whole: 'input' },
} as const;

export function createStreamEvents(): StreamEvents {
  let text = '';
  let sequence_number = 0;

  function say(type: string, members: string): void {
    text += `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence_number},${members}}\n\n`;
    sequence_number += 1;
  }

  function sayPart(item: OutputItem, step: 'added' | 'done', shown: string): void {
    const members = `"item_id":"${item.id}","output_index":${item.index}`;
    if (item.type === 'message') {
      const part = JSON.stringify(textPart(shown));
      say(`response.content_part.${step}`, `${members},"content_index":0,"part":${part}`);
    } else if (item.type === 'reasoning') {
      const part = JSON.stringify(summaryPart(shown));
      say(`response.reasoning_summary_part.${step}`, `${members},"summary_index":0,"part":${part}`);
    }
  }

  return {
    begin(head) {
      const response = responseJson(head, { status: 'in_progress', items: [] });
      say('response.created', `"response":${response}`);
      say('response.in_progress', `"response":${response}`);
    },
    opened(item) {
      say('response.output_item.added', `"output_index":${item.index},"item":${itemJson(item)}`);
      sayPart(item, 'added', '');
    },
    grew(item, delta) {
      const { event, place, extra } = GROWTH[item.type];
      const at = `"item_id":"${item.id}","output_index":${item.index}${place}`;
      say(`${event}.delta`, `${at},"delta":${JSON.stringify(delta)}${extra}`);
    },
    closed(item) {
      const { event, place, extra, whole } = GROWTH[item.type];
      const at = `"item_id":"${item.id}","output_index":${item.index}${place}`;
      say(`${event}.done`, `${at},"${whole}":${JSON.stringify(item.text)}${extra}`);
      sayPart(item, 'done', item.text);
      say('response.output_item.done', `"output_index":${item.index},"item":${itemJson(item)}`);
    },
    finish(head, state) {
      say(`response.${state.status}`, `"response":${responseJson(head, state)}`);
    },
    error({ message, type, param, code }) {
      // Some clients read these at the top, some within `error`.
      const members = JSON.stringify({ code, message, param, error: { type, code, message, param } });
      say('error', members.slice(1, -1));
    },
    take() {
      const said = text;
      text = '';
      return said;
    },
  };
}
