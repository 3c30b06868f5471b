/** What every ConversationStore finds. */
import { messageText } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ending, newRun, type StoreUnderTest } from './run-log.contract.ts';
import { importedMessage, storeChat } from './stored-chat.ts';

const NOW = '2026-02-01T00:00:00.000Z';

export function searchContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`search: ${name}`, () => {
    let store: StoreUnderTest;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const search = (q: string, more: { archived?: boolean; limit?: number; cursor?: string } = {}, owner = 'local') =>
      store.conversations.search(owner, { q, limit: 20, ...more });
    const found = async (q: string, more: { archived?: boolean } = {}) =>
      (await search(q, more)).items.map(({ id }) => id);

    it('[CP-6] finds words of titles, questions and answers while they are typed', async () => {
      const chat = await storeChat(store, {
        title: 'Holiday plans',
        question: 'Where is it warm?',
        answer: 'In Lisbon.',
      });
      for (const q of ['h', 'holi', 'plans hol', 'wher', 'warm', 'is wa', 'LISB', 'lisbon in']) {
        expect([q, await found(q)]).toEqual([q, [chat.id]]);
      }
      for (const q of ['olid', 'holiday lisbon', 'wa is', 'plan hol', 'x', '?', '"', '*']) {
        expect([q, await found(q)]).toEqual([q, []]);
      }
    });

    it('[CP-6] says where the words are, as plain text with offsets', async () => {
      const answer = `${'Long before. '.repeat(30)}\nA <b>café</b> in Lisbon, the cafe. ${'Long after. '.repeat(30)}`;
      const chat = await storeChat(store, { answer });
      const [hit] = (await search('lisbon CAF')).items;
      const { message_id, snippet = '', marks = [] } = hit?.match ?? {};
      expect(message_id).toBe(chat.answered);
      expect(snippet).toMatch(/^….* A <b>café<\/b> in Lisbon, the cafe\. .*…$/);
      expect(marks.map(([start, end]) => snippet.slice(start, end))).toEqual(['café', 'Lisbon', 'cafe']);
      const titled = await storeChat(store, { title: 'Lisbon' });
      expect((await search('lis')).items[0]).toMatchObject({
        id: titled.id,
        title: 'Lisbon',
        match: { message_id: null, snippet: 'Lisbon', marks: [[0, 6]] },
      });
    });

    it('[CP-6] takes quotes and operators for what they are: signs', async () => {
      const chat = await storeChat(store, {
        question: 'Is "x OR y" NEAR (z AND not) col:umn?',
        answer: 'C++ -no ^yes',
      });
      for (const q of ['"x OR', 'or y"', 'NEAR(z', 'z AND not', 'col:umn', 'C++', '-no ^y', '*yes*', '\0y']) {
        expect([q, await found(q)]).toEqual([q, [chat.id]]);
      }
      expect(await found('x AND missing')).toEqual([]);
    });

    it('[CP-6] does not care for case, accents and width, in any script', async () => {
      const chat = await storeChat(store, {
        question: 'Äpfel in der Straße, ΟΔΟΣ, Ёлка, İstanbul, ｗｉｄｅ, हिन्दी',
        answer: 'crème brûlée',
      });
      for (const q of [
        'apfel',
        'ÄPFEL',
        'strasse',
        'οδοσ',
        'οδος',
        'елка',
        'istanbul',
        'wide',
        'हिन्दी',
        'creme BRULEE',
      ]) {
        expect([q, await found(q)]).toEqual([q, [chat.id]]);
      }
    });

    it('[CP-6] finds words of scripts that put no spaces between them', async () => {
      const chinese = await storeChat(store, { title: '旅行计划', question: '今天天气很好，我们去公园吧。' });
      const japanese = await storeChat(store, { question: '東京タワーへ行きたいです。', answer: 'ﾃﾚﾋﾞ' });
      const korean = await storeChat(store, { question: '학교에서 친구를 만났어요' });
      const thai = await storeChat(store, { question: 'สวัสดีครับ' });
      for (const [q, id] of [
        ['天气', chinese.id],
        ['公', chinese.id],
        ['吧', chinese.id],
        ['天天气很', chinese.id],
        ['公园 今天', chinese.id],
        ['行计', chinese.id],
        ['タワー', japanese.id],
        ['東京', japanese.id],
        ['テレビ', japanese.id],
        ['친구', korean.id],
        ['학교 만났', korean.id],
        ['ครับ', thai.id],
      ] as const) {
        expect([q, await found(q)]).toEqual([q, [id]]);
      }
      // Its pairs are all there, but not side by side.
      await storeChat(store, { question: '天气 气很 很好' });
      expect(await found('天气很好')).toEqual([chinese.id]);
    });

    it('[CP-6] lists titles before messages, the newest first, each conversation once, over all pages', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 30; n += 1) {
        const chat = await storeChat(store, {
          title: n % 10 === 0 ? 'Apple pie' : 'Other',
          question: 'an apple',
          answer: 'Apples!',
        });
        ids.push(chat.id);
      }
      const titled = [ids[20], ids[10], ids[0]];
      const expected = [...titled, ...ids.toReversed().filter((id) => !titled.includes(id))];
      expect((await search('apple', { limit: 50 })).items.map(({ id }) => id)).toEqual(expected);
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await search('apple', { limit: 4, ...(cursor ? { cursor } : {}) });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      expect(seen).toEqual(expected);
    });

    it("[C3] refuses a cursor of another search, another list or another owner's", async () => {
      for (let n = 0; n < 3; n += 1) await storeChat(store, { question: 'apple' });
      const cursor = (await search('apple', { limit: 1 })).next_cursor ?? '';
      const shown = (await store.conversations.list('local', { limit: 1 })).next_cursor ?? '';
      const invalid = { code: 'INVALID_REQUEST' };
      await expect(search('apples', { cursor })).rejects.toMatchObject(invalid);
      await expect(search('apple', { cursor, archived: true })).rejects.toMatchObject(invalid);
      await expect(search('apple', { cursor: shown })).rejects.toMatchObject(invalid);
      await expect(search('apple', { cursor }, 'somebody')).rejects.toMatchObject(invalid);
      await expect(store.conversations.list('local', { limit: 1, cursor })).rejects.toMatchObject(invalid);
    });

    it('[CP-6] follows every change: new titles, edits, deleting, restoring, archiving', async () => {
      const chat = await storeChat(store, { title: 'Before', question: 'first words' });
      await store.conversations.change('local', chat.id, { title: 'Afterwards' }, NOW);
      expect([await found('before'), await found('after')]).toEqual([[], [chat.id]]);
      await store.conversations.retitle('local', chat.id, 'Afterwards', 'Finally');
      expect([await found('after'), await found('final')]).toEqual([[], [chat.id]]);
      await store.conversations.edit('local', chat.id, chat.asked, {
        id: 'new',
        text: 'second words',
        created_at: NOW,
      });
      expect(await found('second w')).toEqual([chat.id]);
      await store.conversations.hideMessage('local', chat.id, 'new', NOW);
      expect(await found('second')).toEqual([]);
      await store.conversations.restoreMessage('local', chat.id, 'new');
      expect(await found('second')).toEqual([chat.id]);
      await store.conversations.change('local', chat.id, { archived: true }, NOW);
      expect((await store.conversations.list('local', { limit: 5 })).items).toEqual([]);
      expect((await store.conversations.list('local', { limit: 5, archived: true })).items).toHaveLength(1);
      expect(await found('second')).toEqual([chat.id]);
      expect(await found('second', { archived: true })).toEqual([chat.id]);
      expect(await found('second', { archived: false })).toEqual([]);
      await store.conversations.remove('local', chat.id, NOW);
      expect([await found('second'), await found('final')]).toEqual([[], []]);
      await store.conversations.restore('local', chat.id, NOW);
      expect([await found('second'), await found('final')]).toEqual([[chat.id], [chat.id]]);
      await store.conversations.remove('local', chat.id, NOW);
      while (await store.trash.purge('2026-06-01T00:00:00.000Z')) expect(await found('second')).toEqual([]);
      expect([await found('second'), await found('final')]).toEqual([[], []]);
    });

    it('[CP-6] finds an answer when it has ended, however it ended', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      await store.runs.append('local', input.run_id, [{ type: 'text-delta', index: 1, text: 'Halfway there' }]);
      expect(await found('halfway')).toEqual([]);
      await store.runs.finish('local', input.run_id, ending(input, 2, 'Halfway there'));
      expect(await found('halfway')).toEqual([input.conversation_id]);
    });

    it('[CA-3] finds nothing of anybody else', async () => {
      await storeChat(store, { title: 'Mine', question: 'mine alone', owner: 'somebody' });
      expect(await found('mine')).toEqual([]);
      expect((await search('mine', {}, 'somebody')).items).toHaveLength(1);
    });

    it('[CP-6] finds exactly what reading every message finds', async () => {
      const random = seeded(20_260_201);
      const letters = ['a', 'b', 'é', 'Z', '天', '気', '1'];
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
      const word = () => Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(letters)).join('');
      const sentence = (most: number) =>
        Array.from({ length: 1 + Math.floor(random() * most) }, () => word() + pick([' ', ', ', '-', '\n', '" '])).join(
          '',
        );
      const texts = new Map<string, string[]>();
      for (let n = 0; n < 60; n += 1) {
        const id = `conv_${n}`;
        const messages = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, at) =>
          importedMessage(`m${n}_${at}`, null, sentence(5)),
        );
        const title = word();
        const [created_at, updated_at] = [NOW, NOW];
        await store.conversations.add(
          'local',
          { id, title, pinned: false, archived: false, created_at, updated_at, active_leaf_id: null },
          [messages],
        );
        texts.set(id, [title, ...messages.map(messageText)]);
      }
      for (let n = 0; n < 300; n += 1) {
        const q = sentence(2);
        const expected = [...texts].filter(([, all]) => all.some((text) => naivelyMatches(text, q))).map(([id]) => id);
        const { items } = await search(q, { limit: 200 });
        expect([q, items.map(({ id }) => id).sort()]).toEqual([q, expected.sort()]);
      }
    });
  });
}

/** The rule in other words: by characters, not by tokens. */
function naivelyMatches(text: string, q: string): boolean {
  const plain = (value: string) => value.toLowerCase().replaceAll('é', 'e');
  const isHan = (character: string) => character === '天' || character === '気';
  const pieces = (value: string) => {
    const all: string[] = [];
    let last = ' ';
    for (const character of plain(value)) {
      const goesOn = /[a-z0-9]/.test(character) ? /[a-z0-9]/.test(last) : isHan(character) && isHan(last);
      if (goesOn) all[all.length - 1] += character;
      else if (/[a-z0-9天気]/.test(character)) all.push(character);
      last = character;
    }
    return all;
  };
  const wanted = pieces(q);
  const given = pieces(text);
  return wanted.every((piece, at) => {
    if (isHan(piece[0] ?? '')) return given.some((word) => word.includes(piece));
    return given.some((word) => (at === wanted.length - 1 ? word.startsWith(piece) : word === piece));
  });
}

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
