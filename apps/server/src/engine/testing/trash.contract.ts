/** What every Trash keeps: what was deleted is there for 30 days, and then it is not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRun, type StoreUnderTest } from './run-log.contract.ts';
import { importedMessage, storeChat } from './stored-chat.ts';

const DELETED = '2026-03-01T00:00:00.000Z';
const DAY_30 = '2026-03-31T00:00:00.000Z';
const DAY_31 = '2026-04-01T00:00:00.000Z';
const missing = { code: 'NOT_FOUND' };

export function trashContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`trash: ${name}`, () => {
    let store: StoreUnderTest;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    async function purge(now: string): Promise<number> {
      let pieces = 1;
      while (await store.trash.purge(now)) pieces += 1;
      return pieces;
    }

    it('[CP-6] lists deleted conversations, the last deleted first, page by page', async () => {
      const ids: string[] = [];
      for (let day = 1; day <= 5; day += 1) {
        const { id } = await storeChat(store, { title: `Day ${day}` });
        await store.conversations.remove('local', id, `2026-03-0${day}T00:00:00.000Z`);
        ids.unshift(id);
      }
      const first = await store.conversations.listDeleted('local', { limit: 3, now: DAY_30 });
      expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 3));
      expect(first.items[0]).toMatchObject({ title: 'Day 5', deleted_at: '2026-03-05T00:00:00.000Z' });
      const cursor = first.next_cursor ?? '';
      const second = await store.conversations.listDeleted('local', { limit: 3, now: DAY_30, cursor });
      expect(second.items.map(({ id }) => id)).toEqual(ids.slice(3));
      expect(second.next_cursor).toBeNull();
      const badCursor = { code: 'INVALID_REQUEST' };
      await expect(store.conversations.list('local', { limit: 3, cursor })).rejects.toMatchObject(badCursor);
      expect((await store.conversations.listDeleted('somebody', { limit: 3, now: DAY_30 })).items).toEqual([]);
    });

    it('[CP-6] keeps a conversation for 30 days, and then nothing of it', async () => {
      const chat = await storeChat(store, { question: 'Secret?' });
      const other = await storeChat(store, { question: 'Kept?' });
      await store.conversations.remove('local', chat.id, DELETED);
      await purge(DAY_30);
      await store.conversations.restore('local', chat.id, DAY_30);
      expect((await store.conversations.messages('local', chat.id)).items).toHaveLength(2);
      await store.conversations.remove('local', chat.id, DELETED);
      await expect(store.conversations.restore('local', chat.id, DAY_31)).rejects.toMatchObject(missing);
      expect((await store.conversations.listDeleted('local', { limit: 3, now: DAY_31 })).items).toEqual([]);
      await purge(DAY_31);
      expect(await store.runs.get('local', chat.run_id)).toBeUndefined();
      await expect(store.conversations.restore('local', chat.id, DELETED)).rejects.toMatchObject(missing);
      expect((await store.conversations.messages('local', other.id)).items).toHaveLength(2);
      expect(await store.runs.get('local', other.run_id)).toMatchObject({ status: 'completed' });
    });

    it('[CP-6] removes long conversations and runs in small pieces', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      for (let index = 1; index <= 2000; index += 1) {
        void store.runs.append('local', input.run_id, [{ type: 'text-delta', index, text: 'word ' }]);
      }
      const finished = { type: 'run-finished', index: 2001, status: 'stopped', finish_reason: 'stopped' } as const;
      const message = {
        id: input.assistant_message_id,
        conversation_id: input.conversation_id,
        parent_id: input.user_message.id,
        role: 'assistant' as const,
        parts: [],
        status: 'stopped' as const,
        run_id: input.run_id,
        provider_id: 'provider',
        model_id: 'model',
        finish_reason: 'stopped',
        usage: null,
        error: null,
        created_at: DELETED,
      };
      await store.conversations.remove('local', input.conversation_id, DELETED);
      await purge(DAY_31);
      expect(await store.runs.get('local', input.run_id)).toMatchObject({ status: 'running' });
      const end = [{ ...finished, usage: null, duration_ms: 5, finished_at: DELETED }];
      await store.runs.finish('local', input.run_id, { events: end, message, attempts: 1, first_output_ms: 1 });
      await purge(DAY_31);
      expect(await store.runs.get('local', input.run_id)).toBeUndefined();
    });

    it('[CP-6] deleted messages go the same way, with their runs', async () => {
      const chat = await storeChat(store, { question: 'One' });
      const below = await storeChat(store, { question: 'Two', below: { id: chat.id, parent: chat.answered } });
      await store.conversations.hideMessage('local', chat.id, below.asked, DELETED);
      await purge(DAY_30);
      expect((await store.conversations.allMessages('local', chat.id)).items).toHaveLength(4);
      await purge(DAY_31);
      expect((await store.conversations.allMessages('local', chat.id)).items).toHaveLength(2);
      expect(await store.runs.get('local', below.run_id)).toBeUndefined();
      expect(await store.runs.get('local', chat.run_id)).toMatchObject({ status: 'completed' });
    });

    it('[CP-6] a deleted branch of thousands goes without being searched for its end again and again', async () => {
      const messages = Array.from({ length: 4000 }, (_, at) =>
        importedMessage(`m${at}`, at === 0 ? null : `m${at - 1}`, 'word'),
      );
      const about = { id: 'long', title: 'Long', pinned: false, archived: false, active_leaf_id: null };
      await store.conversations.add('local', { ...about, created_at: DELETED, updated_at: DELETED }, [messages]);
      await store.conversations.hideMessage('local', 'long', 'm0', DELETED);
      // Of a few milliseconds each.
      expect(await purge(DAY_31)).toBeLessThan(150);
      expect((await store.conversations.allMessages('local', 'long')).items).toEqual([]);
    });
  });
}
