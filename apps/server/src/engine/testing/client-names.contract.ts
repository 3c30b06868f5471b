/** What every store keeps of the ids that clients make up, whatever it is made of. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewRun } from '../ports.ts';
import { ending, type NewRunWithPrompt, newRun, type StoreUnderTest } from './run-log.contract.ts';

const CHAT = 'their-chat';

/** The first message of a chat that a client calls `CHAT`. */
function first(message: Partial<NewRunWithPrompt['user_message']> = {}, more: Partial<NewRun> = {}): NewRunWithPrompt {
  const input = newRun({ create_conversation: { title: 'Theirs', client_id: CHAT }, ...more } as never);
  return { ...input, user_message: { ...input.user_message, client_id: 'u1', ...message } };
}

export function clientNamesContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`client names: ${name}`, () => {
    let store: StoreUnderTest;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('[CP-6] a conversation is found by its own id and by the one its client made up, and listed as any other', async () => {
      const input = first();
      await store.runs.create('local', input);
      const found = { id: input.conversation_id, active_leaf_id: input.assistant_message_id };
      expect(await store.names.conversation('local', CHAT)).toEqual(found);
      expect(await store.names.conversation('local', input.conversation_id)).toEqual(found);
      expect(await store.names.conversation('local', 'another')).toBeUndefined();
      const { items } = await store.conversations.list('local', { limit: 10 });
      expect(items.map(({ id, title }) => [id, title])).toEqual([[input.conversation_id, 'Theirs']]);
    });

    it('[CP-6] a message is found by both ids, and shows nothing but what every message shows', async () => {
      const input = first();
      await store.runs.create('local', input);
      const { items } = await store.conversations.messages('local', input.conversation_id);
      for (const id of ['u1', input.user_message.id]) {
        expect(await store.names.messages('local', input.conversation_id, id)).toEqual([items[0]]);
      }
      expect(items[0]).not.toHaveProperty('client_id');
      expect(await store.names.messages('local', input.conversation_id, 'u2')).toEqual([]);
    });

    it('[L12] thousands of messages from elsewhere hold nobody up', async () => {
      const earlier = Array.from({ length: 8000 }, (_, at) => ({
        id: `msg_earlier_${at}`,
        role: 'user' as const,
        text: 'lorem ipsum '.repeat(60),
        client_id: `theirs-${at}`,
      }));
      const began = performance.now();
      const { run } = await store.runs.create('local', first({}, { earlier }));
      expect(performance.now() - began).toBeLessThan(5000);
      const [found] = await store.names.messages('local', run.conversation_id, 'theirs-7999');
      expect(found?.id).toBe('msg_earlier_7999');
    });

    it('[C7] two tabs that begin one chat at once share it, and the same message sent twice is answered once', async () => {
      const begun = await store.runs.create('local', first());
      const again = await store.runs.create('local', first());
      expect(again).toEqual({ run: begun.run, created: false });
      const other = await store.runs.create('local', first({ client_id: 'u2' }));
      expect(other.created).toBe(true);
      expect(other.run.conversation_id).toBe(begun.run.conversation_id);
      expect((await store.conversations.list('local', { limit: 10 })).items).toHaveLength(1);
    });

    it('[C7] the same message is answered once also when that answer has ended', async () => {
      const input = first();
      await store.runs.create('local', input);
      await store.runs.finish('local', input.run_id, ending(input, 1, 'done'));
      const again = await store.runs.create('local', first());
      expect(again).toMatchObject({ created: false, run: { id: input.run_id, status: 'completed' } });
    });

    it('[CP-6] an edited message keeps the id of its client and is the newest that is called so', async () => {
      const input = first();
      await store.runs.create('local', input);
      const edited = first({ text: 'Hello again?' }, { parent_id: null });
      const { run, created } = await store.runs.create('local', edited);
      expect(created).toBe(true);
      const called = await store.names.messages('local', run.conversation_id, 'u1');
      expect(called.map(({ id }) => id)).toEqual([edited.user_message.id, input.user_message.id]);
      expect(await store.names.answer('local', run.conversation_id, input.user_message.id)).toBe(input.run_id);
      const backAgain = await store.runs.create('local', first());
      expect(backAgain.created).toBe(true);
    });

    it('[CP-6] the newest answer of a message and the runs at work are found', async () => {
      const input = first();
      await store.runs.create('local', input);
      const { conversation_id } = input;
      const { user_message: question, ...rest } = newRun({ conversation_id, parent_id: input.user_message.id });
      const { create_conversation: _, ...anew } = rest;
      await store.runs.create('local', anew);
      expect(await store.names.answer('local', conversation_id, input.user_message.id)).toBe(anew.run_id);
      expect(await store.names.answer('local', conversation_id, question.id)).toBeUndefined();
      expect(await store.names.working('local', conversation_id)).toEqual([anew.run_id, input.run_id]);
      await store.runs.finish('local', input.run_id, ending(input, 1, 'done'));
      expect(await store.names.working('local', conversation_id)).toEqual([anew.run_id]);
    });

    it('[CP-6] what was said elsewhere stands before the new message, once', async () => {
      const earlier = [
        { id: 'msg_e1', role: 'user', text: 'Before', client_id: 'u0' },
        { id: 'msg_e2', role: 'assistant', text: 'Said', client_id: 'a0' },
      ] as const;
      const input = first({}, { earlier });
      await store.runs.create('local', input);
      const next = first({ client_id: 'u2', text: 'Next' }, { earlier: [{ ...earlier[0], id: 'msg_e3' }] });
      await store.runs.create('local', next);
      const { items } = await store.conversations.messages('local', input.conversation_id);
      expect(items.map(({ id, parent_id, role, status }) => [id, parent_id, role, status])).toEqual([
        ['msg_e1', null, 'user', 'completed'],
        ['msg_e2', 'msg_e1', 'assistant', 'completed'],
        [input.user_message.id, 'msg_e2', 'user', 'completed'],
        [input.assistant_message_id, input.user_message.id, 'assistant', 'running'],
        [next.user_message.id, 'msg_e1', 'user', 'completed'],
        [next.assistant_message_id, next.user_message.id, 'assistant', 'running'],
      ]);
      expect(items[1]?.parts).toEqual([{ type: 'text', text: 'Said' }]);
    });

    it('[CA-3] ids of one owner mean nothing to another, who may use the same', async () => {
      const mine = first();
      await store.runs.create('local', mine);
      const id = mine.conversation_id;
      expect(await store.names.conversation('somebody', CHAT)).toBeUndefined();
      expect(await store.names.conversation('somebody', id)).toBeUndefined();
      const theirs = await store.runs.create('somebody', first());
      expect(theirs.created).toBe(true);
      expect(theirs.run.conversation_id).not.toBe(id);
      // Somebody who calls a chat of their own like a conversation of mine still sees nothing of mine.
      const like = first({}, { create_conversation: { title: 'Like yours', client_id: id } });
      await store.runs.create('somebody', like);
      expect(await store.names.conversation('somebody', id)).toMatchObject({ id: like.conversation_id });
      expect(await store.names.messages('somebody', id, mine.user_message.id)).toEqual([]);
      expect(await store.names.messages('somebody', id, mine.assistant_message_id)).toEqual([]);
      expect(await store.names.answer('somebody', id, mine.user_message.id)).toBeUndefined();
      expect(await store.names.working('somebody', id)).toEqual([like.run_id]);
    });

    it('[CA-2] a deleted conversation is not found, and its name begins no other', async () => {
      const input = first();
      await store.runs.create('local', input);
      await store.conversations.remove('local', input.conversation_id, '2026-01-02T00:00:00.000Z');
      expect(await store.names.conversation('local', CHAT)).toBeUndefined();
      expect(await store.names.working('local', input.conversation_id)).toEqual([]);
      await expect(store.runs.create('local', first())).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await store.conversations.restore('local', input.conversation_id, '2026-01-02T00:00:01.000Z');
      expect(await store.names.conversation('local', CHAT)).toMatchObject({ id: input.conversation_id });
    });
  });
}
