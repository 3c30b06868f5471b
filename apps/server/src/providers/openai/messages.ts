/** A conversation's turns as chat completions write them. */
import type { PromptMessage, PromptPart, PromptToolCall } from '../../engine/ports.ts';

/** Where servers put reasoning: into a field of either name, or (Mistral) among the parts of the content. */
export type ReasoningPlace = 'reasoning_content' | 'reasoning' | 'content';

type WireMessage = Record<string, unknown>;

/**
 * `place`: where this server puts reasoning itself. Without one it stays out: several servers refuse a message
 * with a field they do not know.
 */
export function toMessages(turns: readonly PromptMessage[], place: ReasoningPlace | undefined): WireMessage[] {
  return turns.map((turn) => toMessage(turn, place));
}

function toMessage(turn: PromptMessage, place: ReasoningPlace | undefined): WireMessage {
  switch (turn.role) {
    case 'system':
      return { role: 'system', content: turn.text };
    case 'user':
      return { role: 'user', content: turn.parts ? turn.parts.map(toPart) : turn.text };
    case 'assistant':
      return toAnswer(turn, place);
    case 'tool':
      return { role: 'tool', tool_call_id: turn.call_id, name: turn.name, content: turn.text };
  }
}

type AnswerTurn = Extract<PromptMessage, { role: 'assistant' }>;

function toAnswer({ text, reasoning, tool_calls = [] }: AnswerTurn, place: ReasoningPlace | undefined): WireMessage {
  // A turn that only calls says nothing, which is not the same as saying "".
  const said = text === '' && tool_calls.length > 0 ? null : text;
  const calls = tool_calls.length > 0 ? { tool_calls: tool_calls.map(toCall) } : {};
  if (!reasoning || !place) return { role: 'assistant', content: said, ...calls };
  if (place !== 'content') return { role: 'assistant', content: said, [place]: reasoning, ...calls };
  const thought = { type: 'thinking', thinking: [{ type: 'text', text: reasoning }] };
  return { role: 'assistant', content: text === '' ? [thought] : [thought, { type: 'text', text }], ...calls };
}

function toPart(part: PromptPart): WireMessage {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const { url, detail } = part;
  return { type: 'image_url', image_url: detail === undefined ? { url } : { url, detail } };
}

function toCall({ call_id, name, arguments: text, provider_data }: PromptToolCall): WireMessage {
  return {
    id: call_id,
    type: 'function',
    function: { name, arguments: text },
    ...(provider_data ? { extra_content: provider_data } : {}),
  };
}
