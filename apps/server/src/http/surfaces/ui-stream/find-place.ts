/**
 * Where in the stored tree a client's request belongs. The server's history wins: what a client shows is a list of
 * places in it, found by id. What nobody here has seen is taken as text, and only where it contradicts nothing.
 */
import { AppError, type Message, messageText } from '@lightchat/protocol';
import type { ClientNaming } from '../../../engine/chat-engine.ts';
import type { ClientNames, Owner } from '../../../engine/ports.ts';
import type { SentMessage, UiChatRequest } from './request-schema.ts';
import { textOf } from './sent-message.ts';

/** How many messages before the new one are looked for, nearest first. */
const STEPS_BACK = 100;

/** A chat that is stored, and what can be found in it. */
export interface KnownChat {
  id: string;
  active_leaf_id: string | null;
  /** Messages by their id or their client's, newest first. */
  called(id: string): Promise<Message[]>;
  /** The id of the newest run that answers a message. */
  answer(messageId: string): Promise<string | undefined>;
}

export async function findChat(names: ClientNames, owner: Owner, id: string): Promise<KnownChat | undefined> {
  const found = await names.conversation(owner, id);
  return (
    found && {
      ...found,
      called: (messageId) => names.messages(owner, found.id, messageId),
      answer: (messageId) => names.answer(owner, found.id, messageId),
    }
  );
}

export interface Place {
  /** As in a request of our own: null is the beginning, undefined the end of the active branch. */
  parent_id: string | null | undefined;
  earlier: NonNullable<ClientNaming['earlier']>;
}

/**
 * Where a new message goes: after `parent_id`; else after the nearest message shown before it that is known here; else
 * beside the message it is an edit of; else at the end. Rejects with NOT_FOUND for an unknown `parent_id`.
 */
export async function placeOf(
  chat: KnownChat,
  { parent_id, messageId }: UiChatRequest,
  history: readonly SentMessage[],
  known: Message | undefined,
): Promise<Place> {
  if (parent_id) {
    const [parent] = await chat.called(parent_id);
    if (parent) return { parent_id: parent.id, earlier: [] };
    throw new AppError('NOT_FOUND', 'There is no such message in this chat.');
  }
  for (let at = history.length - 1; at >= Math.max(0, history.length - STEPS_BACK); at -= 1) {
    const id = history[at]?.id;
    const [found] = id === undefined ? [] : await chat.called(id);
    // What the user wrote since then never arrived, and belongs to what is asked now.
    if (found)
      return { parent_id: found.id, earlier: said(history.slice(at + 1)).filter(({ role }) => role === 'user') };
  }
  const [edited] = messageId ? await chat.called(messageId) : [known];
  if (edited?.role === 'user') return { parent_id: edited.parent_id, earlier: [] };
  if (chat.active_leaf_id === null) return { parent_id: null, earlier: said(history) };
  return { parent_id: undefined, earlier: [] };
}

/** The text of messages that were said elsewhere. Nothing that instructs, and nothing that tools are said to have done. */
export function said(history: readonly SentMessage[]): Place['earlier'] {
  return history.flatMap(({ id, role, parts }) => {
    const text = textOf(parts);
    if (role === 'system' || text === '') return [];
    return [{ role, text, ...(id === undefined ? {} : { client_id: id }) }];
  });
}

/** The user message that is to be answered anew; undefined when it is not known here. */
export async function questionOf(
  chat: KnownChat,
  messageId: string | undefined,
  sent: SentMessage | undefined,
): Promise<string | undefined> {
  const ids = [messageId, sent?.id].filter((id) => id !== undefined);
  for (const id of ids) {
    const found = await chat.called(id);
    // Edits share an id: the one that says what the client shows is meant.
    const text = sent?.role === 'user' ? textOf(sent.parts) : undefined;
    const meant = found.find((message) => message.role === 'user' && messageText(message) === text) ?? found[0];
    if (meant) return askedIn(meant);
  }
  if (ids.length > 0 || chat.active_leaf_id === null) return undefined;
  const [leaf] = await chat.called(chat.active_leaf_id);
  return leaf && askedIn(leaf);
}

function askedIn({ role, id, parent_id }: Message): string | undefined {
  return role === 'user' ? id : (parent_id ?? undefined);
}
