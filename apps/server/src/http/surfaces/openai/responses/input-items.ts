/**
 * Input items as the turns of a conversation. What a model said in one go comes as several items (reasoning, text,
 * calls) and becomes one turn again.
 */
import type { PromptMessage, PromptPart } from '../../../../engine/ports.ts';
import { toUserPrompt } from '../prompt-messages.ts';
import { textOf, toParts } from './content.ts';
import type { InputItem } from './request-body.ts';
import { sentName, toFreeTextArguments } from './tools.ts';

type AssistantTurn = Extract<PromptMessage, { role: 'assistant' }>;

export function toMessages(instructions: string | null | undefined, items: readonly InputItem[]): PromptMessage[] {
  const messages: PromptMessage[] = instructions ? [{ role: 'system', text: instructions }] : [];
  const toolNames = new Map<string, string>();
  let reasoning = '';
  /** Pictures that tools gave back: a tool's turn holds text alone, and nothing may come between such turns. */
  let pictures: PromptPart[] = [];

  function assistant(): AssistantTurn {
    showPictures();
    const last = messages.at(-1);
    const turn: AssistantTurn = last?.role === 'assistant' ? last : { role: 'assistant', text: '' };
    if (turn !== last) messages.push(turn);
    if (reasoning !== '') turn.reasoning = joined(turn.reasoning, reasoning);
    reasoning = '';
    return turn;
  }

  function call(item: Extract<InputItem, { call_id: string; name: string }>, args: string): void {
    const { call_id, provider_data } = item;
    const name = sentName(item.name, item.namespace);
    toolNames.set(call_id, name);
    const turn = assistant();
    const attached = provider_data ? { provider_data } : {};
    turn.tool_calls ??= [];
    turn.tool_calls.push({ call_id, name, arguments: args, ...attached });
  }

  function showPictures(): void {
    if (pictures.length === 0) return;
    const parts: PromptPart[] = [{ type: 'text', text: 'The pictures that the tool gave back:' }, ...pictures];
    messages.push(toUserPrompt(parts));
    pictures = [];
  }

  for (const [at, item] of items.entries()) {
    const path = `input.${at}`;
    switch (item.type) {
      case 'message': {
        const parts = toParts(item.content, `${path}.content`);
        if (item.role === 'assistant') {
          const turn = assistant();
          turn.text = joined(turn.text, textOf(parts));
          break;
        }
        reasoning = '';
        showPictures();
        if (item.role === 'user') messages.push(toUserPrompt(parts));
        else instruct(messages, textOf(parts));
        break;
      }
      case 'function_call':
        call(item, item.arguments || '{}');
        break;
      case 'custom_tool_call':
        call(item, toFreeTextArguments(item.input));
        break;
      case 'function_call_output':
      case 'custom_tool_call_output': {
        reasoning = '';
        const parts = toParts(item.output, `${path}.output`);
        const name = toolNames.get(item.call_id);
        const shown = parts.filter(({ type }) => type === 'image');
        const text = textOf(parts) || (shown.length > 0 ? 'The result is a picture. It follows.' : '');
        messages.push({ role: 'tool', call_id: item.call_id, text, ...(name ? { name } : {}) });
        pictures.push(...shown);
        break;
      }
      case 'reasoning':
        for (const { text } of [...(item.summary ?? []), ...(item.content ?? [])]) reasoning = joined(reasoning, text);
        break;
      case 'item_reference':
      case 'other':
        break;
    }
  }
  showPictures();
  return messages;
}

/** Many chat templates take one system turn, and only as the first. */
function instruct(messages: PromptMessage[], text: string): void {
  const first = messages[0];
  if (messages.length === 1 && first?.role === 'system') first.text = joined(first.text, text);
  else messages.push({ role: 'system', text });
}

function joined(before: string | undefined, text: string): string {
  return before ? (text === '' ? before : `${before}\n\n${text}`) : text;
}
