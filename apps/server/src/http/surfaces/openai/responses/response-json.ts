/**
 * The response object and its items as JSON text. What does not change while an answer is written is written once.
 * Shape: the `Response` type of OpenAI's SDKs (https://platform.openai.com/docs/api-reference/responses/object).
 */
import type { Usage } from '@lightchat/protocol';
import type { AnswerHead } from '../completion-shape.ts';
import type { OutputItem } from './output.ts';
import type { ResponsesBody } from './request-body.ts';

export interface ResponseHead extends AnswerHead {
  /** What the request set, as members of a JSON object. */
  echo: string;
}

export interface ResponseState {
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  items: readonly OutputItem[];
  usage?: Usage | null;
  incomplete_reason?: 'max_output_tokens' | 'content_filter';
  error?: { code: string; message: string };
}

/** What a function has even when its request does not say it. */
const UNSAID = { description: null, parameters: null, strict: null };

/** The settings of a request as a response repeats them, defaults filled in. */
export function echoOf(body: ResponsesBody): string {
  const members = {
    background: false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    metadata: body.metadata ?? {},
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: false,
    temperature: body.temperature ?? 1,
    text: { format: body.text?.format ?? { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools?.map((tool) => (tool.type === 'function' ? { ...UNSAID, ...tool } : tool)) ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    truncation: 'disabled',
  };
  return JSON.stringify(members).slice(1, -1);
}

export function responseJson(head: ResponseHead, state: ResponseState): string {
  const { status, incomplete_reason, error = null } = state;
  const members = {
    id: head.id,
    object: 'response',
    created_at: head.created,
    completed_at: status === 'completed' ? Math.floor(Date.now() / 1000) : null,
    status,
    error,
    incomplete_details: incomplete_reason ? { reason: incomplete_reason } : null,
    model: head.model,
    usage: status === 'in_progress' ? null : usageOf(state.usage),
  };
  const output = state.items.map(itemJson).join(',');
  return `${JSON.stringify(members).slice(0, -1)},${head.echo},"output":[${output}]}`;
}

/** Clients add these up, so they are numbers even when nobody counted. */
function usageOf(usage: Usage | null | undefined) {
  return {
    input_tokens: usage?.prompt_tokens ?? 0,
    input_tokens_details: { cached_tokens: usage?.cached_tokens ?? 0, cache_write_tokens: 0 },
    output_tokens: usage?.completion_tokens ?? 0,
    output_tokens_details: { reasoning_tokens: usage?.reasoning_tokens ?? 0 },
    total_tokens: usage?.total_tokens ?? 0,
  };
}

/** An item that is in progress is shown empty: its text follows in events. */
export function itemJson(item: OutputItem): string {
  const { id, type, status } = item;
  const text = status === 'in_progress' ? '' : item.text;
  const isEmpty = status === 'in_progress';
  switch (item.type) {
    case 'message':
      return JSON.stringify({ id, type, status, role: 'assistant', content: isEmpty ? [] : [textPart(text)] });
    case 'reasoning':
      return JSON.stringify({ id, type, status, summary: isEmpty ? [] : [summaryPart(text)] });
    case 'function_call': {
      const { call_id, name, namespace } = item;
      return JSON.stringify({ id, type, status, call_id, name, namespace, arguments: text });
    }
    case 'custom_tool_call': {
      const { call_id, name, namespace } = item;
      return JSON.stringify({ id, type, status, call_id, name, namespace, input: text });
    }
  }
}

export function textPart(text: string) {
  return { type: 'output_text', annotations: [], logprobs: [], text };
}

export function summaryPart(text: string) {
  return { type: 'summary_text', text };
}
