import { AppError, type ChatRequest, type Message, messageText, type Run } from '@lightchat/protocol';
import type { ChatEngine, ClientNaming } from '../../../engine/chat-engine.ts';
import type { ClientNames, Owner } from '../../../engine/ports.ts';
import { findChat, placeOf, questionOf, said } from './find-place.ts';
import type { SentMessage, UiChatRequest } from './request-schema.ts';
import { invalid, readUserMessage, type UserMessage } from './sent-message.ts';

export interface StartPorts {
  engine: ChatEngine;
  names: ClientNames;
  owner: Owner;
}

/** The run that answers the request: a new one, or the one that answers the same message already. */
export async function startRun(
  { engine, names, owner }: StartPorts,
  request: UiChatRequest,
  idempotencyKey: string | undefined,
): Promise<Run> {
  const { sent, history } = contentOf(request);
  const chat = await findChat(names, owner, request.id);
  const start = (about: ChatRequest, client: ClientNaming = {}) => {
    // Not the engine's own check that the request is the same: it is another one once the chat is known.
    const joined = idempotencyKey === undefined ? {} : { joinKey: JSON.stringify([request.id, idempotencyKey]) };
    const model = request.model ? { model: request.model } : {};
    return engine.start(owner, { ...optionsOf(request), ...about }, { client, ...joined, ...model });
  };
  const isAnew = request.trigger === 'regenerate-message';
  const question = isAnew && chat ? await questionOf(chat, request.messageId ?? undefined, sent) : undefined;
  if (chat && question) return start({ conversation_id: chat.id, parent_id: question });

  // "Try again" is also said of a message that never arrived here: then it is new.
  if (sent?.role !== 'user') throw nothingAsked(isAnew, sent);
  const asked = readUserMessage(sent);
  const name = asked.id === undefined ? {} : { message_id: asked.id };
  if (!chat) return start(promptOf(asked), { ...name, conversation_id: request.id, earlier: said(history) });

  const [known] = asked.id === undefined ? [] : await chat.called(asked.id);
  if (known && saysTheSame(known, asked)) {
    const run_id = await chat.answer(known.id);
    return run_id ? engine.get(owner, run_id) : start({ conversation_id: chat.id, parent_id: known.id });
  }
  const { parent_id, earlier } = await placeOf(chat, request, history, known);
  return start({ ...promptOf(asked), conversation_id: chat.id, parent_id }, { ...name, earlier });
}

/** The message that is sent, and what the client shows before it. */
function contentOf({ message, messages = [] }: UiChatRequest): {
  sent: SentMessage | undefined;
  history: SentMessage[];
} {
  if (message) return { sent: message, history: messages.filter(({ id }) => id === undefined || id !== message.id) };
  return { sent: messages.at(-1), history: messages.slice(0, -1) };
}

function promptOf({ text, attachments }: UserMessage): ChatRequest {
  return { prompt: text, ...(attachments.length > 0 ? { attachments } : {}) };
}

function optionsOf(request: UiChatRequest): ChatRequest {
  const { provider_id, model_id, temperature, top_p, max_tokens, reasoning_effort, context_length } = request;
  const system_prompt = request.system ?? request.system_prompt;
  return { provider_id, model_id, system_prompt, temperature, top_p, max_tokens, reasoning_effort, context_length };
}

function saysTheSame(known: Message, { text, attachments }: UserMessage): boolean {
  const files = known.parts.flatMap((part) => (part.type === 'file' ? [part.url] : []));
  return (
    known.role === 'user' &&
    messageText(known) === text &&
    files.length === attachments.length &&
    files.every((url, at) => url === attachments[at]?.url)
  );
}

function nothingAsked(isAnew: boolean, sent: SentMessage | undefined): AppError {
  if (isAnew) return new AppError('NOT_FOUND', 'There is no such message to answer anew.');
  if (!sent) return invalid('message', 'Send the new message as message, or as the last of messages.');
  return invalid(
    'messages',
    "The last message must be the user's own: results of tools and approvals are not taken from a client's history.",
  );
}
