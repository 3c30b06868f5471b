/** The branch of a conversation's tree that is on screen, and the keys under which its messages stand there. */
import type { Message } from '@lightchat/protocol';
import { messagePath, siblingsByParent } from './message-path.ts';

/** One message on the visible branch. `key` stays when the server gives a message its id. */
export interface MessageRow {
  key: string;
  id: string;
  /** Every version of this message, this one among them, when there are several; oldest first. */
  versions?: readonly string[];
}

export class Branch {
  /** The whole tree. Replaced, never changed. */
  messages: ReadonlyMap<string, Message> = new Map();
  leaf: string | null = null;
  #keys = new Map<string, string>();
  #rows: readonly MessageRow[] = [];
  #rowsOf: { messages?: ReadonlyMap<string, Message>; leaf?: string | null } = {};

  get end(): Message | undefined {
    return this.leaf === null ? undefined : this.messages.get(this.leaf);
  }

  /** The same array as before unless something in it changed: what is drawn from it is the whole transcript. */
  rows(): readonly MessageRow[] {
    if (this.#rowsOf.messages === this.messages && this.#rowsOf.leaf === this.leaf) return this.#rows;
    this.#rowsOf = { messages: this.messages, leaf: this.leaf };
    const siblings = siblingsByParent(this.messages);
    const rows = messagePath(this.messages, this.leaf).map(({ id, parent_id }): MessageRow => {
      const versions = siblings.get(parent_id) ?? [];
      return { id, key: this.#keys.get(id) ?? id, ...(versions.length > 1 ? { versions } : {}) };
    });
    if (JSON.stringify(rows) !== JSON.stringify(this.#rows)) this.#rows = rows;
    return this.#rows;
  }

  put(...messages: readonly Message[]): void {
    const all = new Map(this.messages);
    for (const message of messages) all.set(message.id, message);
    this.messages = all;
  }

  remove(...ids: readonly string[]): void {
    const rest = new Map(this.messages);
    for (const id of ids) rest.delete(id);
    this.messages = rest;
  }

  /** `id` is drawn in the place of `former`. */
  follow(id: string, former: string): void {
    this.#keys.set(id, this.#keys.get(former) ?? former);
  }

  /** The question of an answer gets the id it is stored under; its view keeps its key. */
  nameQuestion(answerId: string, id: string | null): void {
    const answer = this.messages.get(answerId);
    const question = this.messages.get(answer?.parent_id ?? '');
    if (!answer || !question || id === null || question.id === id) return;
    this.remove(question.id);
    this.put({ ...question, id }, { ...answer, parent_id: id });
    this.follow(id, question.id);
  }
}
