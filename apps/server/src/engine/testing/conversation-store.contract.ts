/** What every ConversationStore keeps, whatever it is made of. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ending, newRun, type StoreUnderTest } from './run-log.contract.ts';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;

export function conversationStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`conversation store: ${name}`, () => {
    let store: StoreUnderTest;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    async function fill(count: number, owner = 'local'): Promise<string[]> {
      const ids: string[] = [];
      for (let second = 0; second < count; second += 1) {
        const id = `${owner}_${second}`;
        await store.conversations.create(owner, { id, title: `Chat ${second}`, created_at: at(second % 30) });
        ids.push(id);
      }
      return ids;
    }

    it('[CA-3] pages through all conversations once, newest first, pinned ones before the rest', async () => {
      await fill(25);
      await store.conversations.change('local', 'local_3', { pinned: true }, at(59));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.conversations.list('local', { limit: 4, ...(cursor ? { cursor } : {}) });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      const rest = Array.from({ length: 25 }, (_, index) => 24 - index).filter((index) => index !== 3);
      expect(seen).toEqual(['local_3', ...rest.map((index) => `local_${index}`)]);
    });

    it('[CA-3] refuses a cursor that is junk or was given to somebody else', async () => {
      await fill(3);
      await fill(3, 'somebody');
      const { next_cursor } = await store.conversations.list('somebody', { limit: 1 });
      for (const cursor of ['junk', '', 'bnVsbA', next_cursor ?? '']) {
        await expect(store.conversations.list('local', { cursor, limit: 1 })).rejects.toMatchObject({
          code: 'INVALID_REQUEST',
        });
      }
    });

    it('[CA-2] a deleted conversation is gone from every answer and comes back whole', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      await store.runs.finish('local', input.run_id, ending(input, 1, 'kept'));
      const id = input.conversation_id;
      await store.conversations.remove('local', id, at(1));
      expect((await store.conversations.list('local', { limit: 10 })).items).toEqual([]);
      await expect(store.conversations.messages('local', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(store.conversations.remove('local', id, at(2))).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await store.conversations.restore('local', id, at(3));
      expect((await store.conversations.messages('local', id)).items).toHaveLength(2);
    });

    it('[CA-2] renames, pins, archives and moves the active leaf, each by itself', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      const id = input.conversation_id;
      const change = (fields: object) => store.conversations.change('local', id, fields, at(3));
      expect(await change({ title: 'Renamed' })).toMatchObject({ title: 'Renamed', pinned: false });
      expect(await change({ pinned: true })).toMatchObject({ title: 'Renamed', pinned: true, archived: false });
      expect(await change({ archived: true })).toMatchObject({ pinned: true, archived: true });
      await change({ active_leaf_id: input.user_message.id });
      expect((await store.conversations.messages('local', id)).active_leaf_id).toBe(input.user_message.id);
      await expect(change({ active_leaf_id: 'msg_elsewhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it("[CA-3] another owner's conversation looks as if it did not exist, in every method", async () => {
      const [id = ''] = await fill(1, 'somebody');
      const missing = { code: 'NOT_FOUND' };
      await expect(store.conversations.get('local', id)).rejects.toMatchObject(missing);
      await expect(store.conversations.change('local', id, { title: 'x' }, at(1))).rejects.toMatchObject(missing);
      await expect(store.conversations.remove('local', id, at(1))).rejects.toMatchObject(missing);
      await expect(store.conversations.restore('local', id, at(3))).rejects.toMatchObject(missing);
      await expect(store.conversations.messages('local', id)).rejects.toMatchObject(missing);
      await expect(store.conversations.path('local', id, 'x')).rejects.toMatchObject(missing);
      expect((await store.conversations.list('local', { limit: 10 })).items).toEqual([]);
      expect(await store.conversations.ids('local', undefined, 10)).toEqual([]);
      expect(await store.conversations.retitle('local', id, 'Chat 0', 'Mine')).toBe(false);
      expect(await store.conversations.get('somebody', id)).toMatchObject({ title: 'Chat 0' });
    });

    it('[CA-5] messages keep their order and the moment they were written', async () => {
      const first = newRun({ created_at: at(1) });
      await store.runs.create('local', first);
      await store.runs.finish('local', first.run_id, ending(first, 1, 'one'));
      const { conversation_id } = first;
      const second = newRun({
        conversation_id,
        create_conversation: undefined,
        parent_id: undefined,
        created_at: at(2),
      });
      await store.runs.create('local', second);
      const { items } = await store.conversations.messages('local', conversation_id);
      expect(items.map(({ created_at }) => created_at)).toEqual([at(1), at(1), at(2), at(2)]);
      expect(items.map(({ parent_id }) => parent_id)).toEqual([null, items[0]?.id, items[1]?.id, items[2]?.id]);
    });
  });
}
