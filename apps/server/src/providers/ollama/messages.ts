/** A conversation's turns as Ollama's own API writes them. */
import { AppError } from '@lightchat/protocol';
import type { PromptMessage, PromptPart, PromptToolCall } from '../../engine/ports.ts';
import { isObject, type JsonObject, parseJson } from '../kit/json-value.ts';

type WireMessage = Record<string, unknown>;

/**
 * `canSee`: false for a model that is known not to. Ollama would drop its images without a word, so those of the last
 * question are refused, while those of earlier ones, which another model saw, are left out. Throws INVALID_REQUEST for
 * images that cannot be sent.
 */
export function toMessages(turns: readonly PromptMessage[], canSee: boolean): WireMessage[] {
  const names = new Map<string, string>();
  const question = turns.findLast(({ role }) => role === 'user');
  if (!canSee && question?.role === 'user' && question.parts?.some(({ type }) => type === 'image')) {
    throw new AppError(
      'INVALID_REQUEST',
      'This model cannot see images. Choose one that can, or send the message without.',
    );
  }
  return turns.map((turn) => toMessage(turn, names, canSee));
}

/** `names`: of the tools called so far, by call id. */
function toMessage(turn: PromptMessage, names: Map<string, string>, canSee: boolean): WireMessage {
  switch (turn.role) {
    case 'system':
      return { role: 'system', content: turn.text };
    case 'user': {
      const images = (canSee && turn.parts?.flatMap(toImage)) || [];
      return { role: 'user', content: turn.text, images: images.length > 0 ? images : undefined };
    }
    case 'assistant': {
      const { text, reasoning, tool_calls = [] } = turn;
      for (const { call_id, name } of tool_calls) names.set(call_id, name);
      const calls = tool_calls.length > 0 ? tool_calls.map(toCall) : undefined;
      return { role: 'assistant', content: text, thinking: reasoning || undefined, tool_calls: calls };
    }
    case 'tool': {
      // Templates show the result under the tool's name.
      const tool_name = turn.name ?? names.get(turn.call_id);
      return { role: 'tool', content: turn.text, tool_call_id: turn.call_id, tool_name };
    }
  }
}

/** The bare base64 of a `data:` URL. */
function toImage(part: PromptPart): string[] {
  if (part.type !== 'image') return [];
  const comma = part.url.indexOf(',');
  if (/^data:[^,]*;base64$/i.test(part.url.slice(0, Math.max(0, comma)))) return [part.url.slice(comma + 1)];
  throw new AppError(
    'INVALID_REQUEST',
    'Ollama fetches no images from addresses. Send the image itself, as a base64 data: URL.',
  );
}

function toCall({ call_id, name, arguments: text }: PromptToolCall, index: number): WireMessage {
  return { id: call_id, function: { index, name, arguments: toArguments(text) } };
}

/** Ollama takes only an object. What the model wrote wrongly, the tool's answer will have said. */
function toArguments(text: string): JsonObject {
  const value = parseJson(text);
  return isObject(value) ? value : {};
}
