import type { PromptMessage, PromptPart, PromptToolCall } from '../../../engine/ports.ts';
import type { ChatMessage } from './message-schema.ts';

type Content = Exclude<ChatMessage['content'], null | undefined>;
type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

/** The conversation as the engine knows it. A `developer` is a `system` by a newer name. */
export function toPromptMessages(messages: readonly ChatMessage[]): PromptMessage[] {
  return messages.map(toPromptMessage);
}

function toPromptMessage(message: ChatMessage): PromptMessage {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', text: textOf(message.content) };
    case 'user':
      return toUserPrompt(partsOf(message.content));
    case 'assistant':
      return toAssistantPrompt(message);
    case 'tool': {
      const { tool_call_id, content, name } = message;
      return { role: 'tool', call_id: tool_call_id, text: textOf(content), ...(name ? { name } : {}) };
    }
  }
}

/** A user's turn: its text alone, or with parts when there is more than text. */
export function toUserPrompt(parts: PromptPart[]): PromptMessage {
  const text = joinTexts(parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])));
  return parts.every(({ type }) => type === 'text') ? { role: 'user', text } : { role: 'user', text, parts };
}

function toAssistantPrompt(message: AssistantMessage): PromptMessage {
  const text = textOf(message.content) || (message.refusal ?? '');
  const reasoning = message.reasoning_content || message.reasoning;
  const tool_calls = message.tool_calls?.map(toPromptCall) ?? [];
  return {
    role: 'assistant',
    text,
    ...(reasoning ? { reasoning } : {}),
    ...(tool_calls.length > 0 ? { tool_calls } : {}),
  };
}

function toPromptCall(call: NonNullable<AssistantMessage['tool_calls']>[number]): PromptToolCall {
  const { name, arguments: args } = call.function;
  const text = typeof args === 'string' ? args : JSON.stringify(args);
  const attached = call.extra_content ? { provider_data: call.extra_content } : {};
  return { call_id: call.id, name, arguments: text || '{}', ...attached };
}

function partsOf(content: Extract<ChatMessage, { role: 'user' }>['content']): PromptPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part): PromptPart => {
    if (part.type !== 'image_url') return { type: 'text', text: part.text };
    const { url, detail } = part.image_url;
    return { type: 'image', url, ...(detail ? { detail } : {}) };
  });
}

function textOf(content: Content | null | undefined): string {
  if (content === null || content === undefined) return '';
  if (typeof content === 'string') return content;
  return joinTexts(content.flatMap((part) => ('text' in part ? [part.text] : 'refusal' in part ? [part.refusal] : [])));
}

function joinTexts(texts: string[]): string {
  return texts.join('\n');
}
