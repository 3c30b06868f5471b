/** What every ConversationStore keeps about messages: versions, branches, and what is deleted and brought back. */
import { type Message, messageText } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRun, type StoreUnderTest } from './run-log.contract.ts';
import { importedMessage, type StoredChat, storeChat } from './stored-chat.ts';

const NOW = '2026-02-01T00:00:00.000Z';
const missing = { code: 'NOT_FOUND' };
const conflict = { code: 'CONFLICT' };

export function messageTreeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`message trees: ${name}`, () => {
    let store: StoreUnderTest;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const texts = async (id: string) => (await store.conversations.messages('local', id)).items.map(messageText);
    const leafOf = async (id: string) => (await store.conversations.messages('local', id)).active_leaf_id;
    const version = (id: string, text: string) => ({ id, text, created_at: NOW });
    const hide = (chat: StoredChat, message: string) => store.conversations.hideMessage('local', chat.id, message, NOW);
    const bringBack = (chat: StoredChat, message: string) =>
      store.conversations.restoreMessage('local', chat.id, message);

    it('[CP-6] an edited question stands beside the old one, and is where the conversation goes on', async () => {
      const chat = await storeChat(store, { question: 'Wich?' });
      const edited = await store.conversations.edit('local', chat.id, chat.asked, version('msg_new', 'Which?'));
      expect(edited).toMatchObject({ id: 'msg_new', parent_id: null, role: 'user', status: 'completed', run_id: null });
      expect(edited.parts).toEqual([{ type: 'text', text: 'Which?' }]);
      expect(await texts(chat.id)).toEqual(['Wich?', 'Because.', 'Which?']);
      expect(await leafOf(chat.id)).toBe('msg_new');
      expect(await store.conversations.get('local', chat.id)).toMatchObject({ updated_at: NOW });
    });

    it('[CP-6] an edited answer keeps who gave it, loses its reasoning, and has no run', async () => {
      const chat = await storeChat(store, {});
      await store.conversations.add('local', { ...empty, id: 'conv_x', active_leaf_id: 'b' }, [
        [
          importedMessage('a', null, 'Hm?'),
          importedMessage('b', 'a', '', {
            role: 'assistant',
            model_id: 'm',
            parts: [
              { type: 'reasoning', text: 'thought' },
              { type: 'text', text: 'one ' },
              { type: 'tool-call', call_id: 'c', name: 'look', arguments: '{}', state: 'done' },
              { type: 'text', text: 'two' },
            ],
          }),
        ],
      ]);
      const edited = await store.conversations.edit('local', 'conv_x', 'b', version('c', 'three'));
      expect(edited).toMatchObject({
        parent_id: 'a',
        role: 'assistant',
        model_id: 'm',
        status: 'completed',
        run_id: null,
      });
      expect(edited.parts.map(({ type }) => type)).toEqual(['tool-call', 'text']);
      await expect(store.conversations.edit('local', chat.id, 'b', version('d', 'x'))).rejects.toMatchObject(missing);
    });

    it('[CP-6] what is being written cannot be edited, and a stranger edits nothing', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      const edit = (owner: string, message: string) =>
        store.conversations.edit(owner, input.conversation_id, message, version('msg_edit', 'x'));
      await expect(edit('local', input.assistant_message_id)).rejects.toMatchObject(conflict);
      await expect(edit('local', 'msg_none')).rejects.toMatchObject(missing);
      await expect(edit('somebody', input.user_message.id)).rejects.toMatchObject(missing);
      expect(await texts(input.conversation_id)).toEqual(['Hello?', '']);
    });

    it('[CP-6] a deleted message is gone with everything below it, from the tree, prompts and branches', async () => {
      const chat = await storeChat(store, { question: 'One', answer: 'Two' });
      const next = await storeChat(store, {
        question: 'Three',
        answer: 'Four',
        below: { id: chat.id, parent: chat.answered },
      });
      expect(await hide(chat, next.asked)).toEqual([]);
      expect(await texts(chat.id)).toEqual(['One', 'Two']);
      expect(await leafOf(chat.id)).toBe(chat.answered);
      for (const message of [next.asked, next.answered]) {
        await expect(store.conversations.path('local', chat.id, message)).rejects.toMatchObject(missing);
        await expect(store.conversations.branch('local', chat.id, { leaf: message, limit: 5 })).rejects.toMatchObject(
          missing,
        );
        await expect(store.conversations.branch('local', chat.id, { before: message, limit: 5 })).rejects.toMatchObject(
          missing,
        );
        await expect(hide(chat, message)).rejects.toMatchObject(missing);
        const change = { active_leaf_id: message };
        await expect(store.conversations.change('local', chat.id, change, NOW)).rejects.toMatchObject(missing);
        const answering = { ...newRun(), conversation_id: chat.id, create_conversation: undefined, parent_id: message };
        await expect(store.runs.create('local', answering)).rejects.toMatchObject(missing);
      }
      const { items } = await store.conversations.allMessages('local', chat.id);
      expect(items.map(({ hidden_by }) => hidden_by)).toEqual([undefined, undefined, next.asked, next.asked]);
      expect(Object.keys(items[0] ?? {})).not.toContain('hidden_by');
    });

    it('[CP-6] deleting one of several versions shows another one, and the last one leaves the message above', async () => {
      const chat = await storeChat(store, { question: 'One', answer: 'First' });
      await store.conversations.edit('local', chat.id, chat.answered, version('second', 'Second'));
      const below = await storeChat(store, { question: 'On', below: { id: chat.id, parent: chat.answered } });
      await store.conversations.change('local', chat.id, { active_leaf_id: 'second' }, NOW);
      await hide(chat, 'second');
      expect(await leafOf(chat.id)).toBe(below.answered);
      await hide(chat, chat.answered);
      expect(await leafOf(chat.id)).toBe(chat.asked);
      await hide(chat, chat.asked);
      expect(await store.conversations.messages('local', chat.id)).toEqual({ items: [], active_leaf_id: null });
    });

    it('[CP-6] deleting what is not shown leaves the reader where he is', async () => {
      const chat = await storeChat(store, {});
      await store.conversations.edit('local', chat.id, chat.asked, version('other', 'Other'));
      await hide(chat, chat.asked);
      expect(await leafOf(chat.id)).toBe('other');
    });

    it('[CP-6] a restored message brings back what went with it, and nothing else', async () => {
      const chat = await storeChat(store, { question: 'One', answer: 'Two' });
      const next = await storeChat(store, {
        question: 'Three',
        answer: 'Four',
        below: { id: chat.id, parent: chat.answered },
      });
      await hide(chat, next.answered);
      await hide(chat, chat.answered);
      await expect(bringBack(chat, next.asked)).rejects.toMatchObject({
        ...conflict,
        details: { message_id: chat.answered },
      });
      await expect(bringBack(chat, next.answered)).rejects.toMatchObject(conflict);
      expect(await bringBack(chat, chat.answered)).toMatchObject({ id: chat.answered });
      expect(await texts(chat.id)).toEqual(['One', 'Two', 'Three']);
      expect(await leafOf(chat.id)).toBe(next.asked);
      await bringBack(chat, next.answered);
      await bringBack(chat, next.answered);
      expect(await texts(chat.id)).toEqual(['One', 'Two', 'Three', 'Four']);
      expect(await leafOf(chat.id)).toBe(next.answered);
      await expect(store.conversations.restoreMessage('somebody', chat.id, chat.asked)).rejects.toMatchObject(missing);
      await expect(bringBack(chat, 'msg_none')).rejects.toMatchObject(missing);
    });

    it('[CP-6] deleting names the runs that are at work there, and no others', async () => {
      const chat = await storeChat(store, {});
      const running = {
        ...newRun(),
        conversation_id: chat.id,
        create_conversation: undefined,
        parent_id: chat.answered,
      };
      await store.runs.create('local', running);
      expect(await hide(chat, chat.answered)).toEqual([running.run_id]);
      expect(await leafOf(chat.id)).toBe(chat.asked);
      await expect(store.conversations.hideMessage('somebody', chat.id, chat.asked, NOW)).rejects.toMatchObject(
        missing,
      );
    });

    it('[CA-3] a branch is read from its end, page by page, with the versions of what is on it', async () => {
      const messages = Array.from({ length: 250 }, (_, at) =>
        importedMessage(`m${at}`, at === 0 ? null : `m${at - 1}`, `${at}`),
      );
      const aside = importedMessage('aside', 'm248', 'aside');
      const conversation = { ...empty, id: 'conv_long', active_leaf_id: 'm249' };
      await store.conversations.add('local', conversation, [messages.slice(0, 100), messages.slice(100), [aside]]);
      const seen: string[] = [];
      let before: string | undefined;
      do {
        const page = await store.conversations.branch('local', 'conv_long', { before, limit: 60 });
        expect(page.active_leaf_id).toBe('m249');
        expect(page.versions).toEqual(before === undefined ? { m249: ['m249', 'aside'] } : {});
        seen.unshift(...page.items.map(({ id }) => id));
        before = page.before ?? undefined;
      } while (before !== undefined);
      expect(seen).toEqual(messages.map(({ id }) => id));
      const other = await store.conversations.branch('local', 'conv_long', { leaf: 'aside', limit: 2 });
      expect(other.items.map(({ id }) => id)).toEqual(['m248', 'aside']);
      await expect(store.conversations.branch('somebody', 'conv_long', { limit: 1 })).rejects.toMatchObject(missing);

      const paged: Message[] = [];
      for await (const page of store.conversations.pages('local', 'conv_long')) paged.push(...page);
      expect(paged).toEqual((await store.conversations.messages('local', 'conv_long')).items);
      const branch: Message[] = [];
      for await (const page of store.conversations.pages('local', 'conv_long', 'aside')) branch.push(...page);
      expect(branch).toEqual(await store.conversations.path('local', 'conv_long', 'aside'));
    });

    it('[CP-6] a conversation from elsewhere is seen whole or not at all', async () => {
      async function* breaking() {
        yield [importedMessage('x', null, 'kept by nobody')];
        expect((await store.conversations.list('local', { limit: 5 })).items).toEqual([]);
        throw new Error('the file ends here');
      }
      const broken = { ...empty, id: 'conv_broken', active_leaf_id: 'x' };
      await expect(store.conversations.add('local', broken, breaking())).rejects.toThrow('the file ends here');
      await expect(store.conversations.get('local', 'conv_broken')).rejects.toMatchObject(missing);
      await expect(store.conversations.restore('local', 'conv_broken', NOW)).rejects.toMatchObject(missing);
      expect((await store.conversations.listDeleted('local', { limit: 5, now: NOW })).items).toEqual([]);
      const whole = { ...empty, id: 'conv_whole', pinned: true, archived: true, active_leaf_id: 'y' };
      const { active_leaf_id, ...conversation } = whole;
      expect(await store.conversations.add('local', whole, [[importedMessage('y', null, 'Hello')]])).toEqual(
        conversation,
      );
      expect(await leafOf('conv_whole')).toBe(active_leaf_id);
    });
  });
}

const empty = {
  title: 'From elsewhere',
  pinned: false,
  archived: false,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  active_leaf_id: null,
};
