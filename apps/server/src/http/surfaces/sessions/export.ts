/** Conversations as files, piece by piece: however many there are, one page of messages is in memory. */
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type Conversation,
  isAppError,
  type Message,
  type MessagePart,
} from '@lightchat/protocol';
import type { ConversationStore, Owner } from '../../../engine/ports.ts';

export interface Exported {
  conversations: ConversationStore;
  owner: Owner;
  /** Of the conversations, in this order. One that is deleted meanwhile is left out. */
  ids: Iterable<string> | AsyncIterable<string>;
  exported_at: string;
}

/** A `SessionsArchive`, complete with all branches. */
export async function* exportedJson(what: Exported): AsyncGenerator<string> {
  const head = { format: ARCHIVE_FORMAT, version: ARCHIVE_VERSION, exported_at: what.exported_at };
  yield `${JSON.stringify(head).slice(0, -1)},"sessions":[`;
  let separator = '\n';
  for await (const { conversation, active_leaf_id } of present(what)) {
    yield `${separator}${JSON.stringify({ ...conversation, active_leaf_id }).slice(0, -1)},"messages":[`;
    let before = '\n';
    for await (const page of what.conversations.pages(what.owner, conversation.id)) {
      for (const { conversation_id: _, ...message } of page) {
        yield `${before}${JSON.stringify(message)}`;
        before = ',\n';
      }
    }
    yield ']}';
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** The active branch of each conversation, for people to read. */
export async function* exportedMarkdown(what: Exported): AsyncGenerator<string> {
  let separator = '';
  for await (const { conversation, active_leaf_id } of present(what)) {
    const { title, created_at, updated_at } = conversation;
    yield `${separator}# ${oneLine(title)}\n\n*Begun ${time(created_at)}, last changed ${time(updated_at)}*\n`;
    separator = '\n---\n\n';
    if (active_leaf_id === null) continue;
    for await (const page of what.conversations.pages(what.owner, conversation.id, active_leaf_id)) {
      for (const message of page) yield `\n${messageMarkdown(message)}\n`;
    }
  }
}

async function* present({
  conversations,
  owner,
  ids,
}: Exported): AsyncGenerator<{ conversation: Conversation; active_leaf_id: string | null }> {
  for await (const id of ids) {
    try {
      const conversation = await conversations.get(owner, id);
      const { active_leaf_id } = await conversations.branch(owner, id, { limit: 1 });
      yield { conversation, active_leaf_id };
    } catch (error) {
      if (!isAppError(error) || error.code !== 'NOT_FOUND') throw error;
    }
  }
}

function messageMarkdown({ role, parts, status, model_id, error, created_at }: Message): string {
  const who = role === 'user' ? 'You' : (model_id && oneLine(model_id)) || 'Assistant';
  const state = status === 'completed' ? '' : ` · ${status}`;
  const blocks = [`## ${who}\n\n*${time(created_at)}${state}*`, ...parts.map(partMarkdown)];
  if (error) blocks.push(`> ${oneLine(error.message)}`);
  return blocks.filter((block) => block !== '').join('\n\n');
}

function partMarkdown(part: MessagePart): string {
  switch (part.type) {
    case 'text':
      return part.text.trim();
    case 'reasoning':
      return `<details>\n<summary>Reasoning</summary>\n\n${quoted(part.text)}\n\n</details>`;
    case 'file':
      return `*Attached: ${oneLine(part.filename ?? part.media_type)}*`;
    case 'fallback':
      return `*${oneLine(part.model_id)} did not answer: ${oneLine(part.error.message)}*`;
    case 'tool-call': {
      const called = `*Called the tool ${oneLine(part.name)}:*\n\n${fenced(part.arguments)}`;
      return part.output === undefined ? called : `${called}\n\n${fenced(part.output)}`;
    }
  }
}

/** Inside a quotation no tag closes what folds it. */
function quoted(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `> ${line.replaceAll('<', '&lt;')}`)
    .join('\n');
}

/** With a fence longer than any in the text. */
function fenced(text: string): string {
  let longest = 2;
  for (const [{ length }] of text.matchAll(/`+/g)) longest = Math.max(longest, length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>#]/g, '\\$&');
}

function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
