/** What every RunLog keeps, whatever it is made of. */
import { AppError, type ChatEvent, type Message } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientNames, ConversationStore, NewRun, RunEnd, RunLog, Trash } from '../ports.ts';

export interface StoreUnderTest {
  runs: RunLog;
  conversations: ConversationStore;
  trash: Trash;
  names: ClientNames;
  /** Opens the same data again, as after a crash: without a word to the first. */
  reopenAfterCrash(): Promise<StoreUnderTest>;
  close(): Promise<void>;
}

const NOW = '2026-01-02T03:04:05.678Z';
let counter = 0;

export type NewRunWithPrompt = NewRun & { user_message: NonNullable<NewRun['user_message']> };

export function newRun(overrides: Partial<NewRunWithPrompt> = {}): NewRunWithPrompt {
  counter += 1;
  return {
    run_id: `run_${counter}`,
    conversation_id: `conv_${counter}`,
    create_conversation: { title: 'A title' },
    parent_id: null,
    user_message: { id: `msg_user_${counter}`, text: 'Hello?' },
    assistant_message_id: `msg_answer_${counter}`,
    provider_id: 'provider',
    model_id: 'model',
    created_at: NOW,
    ...overrides,
  };
}

function delta(index: number, text = `t${index} `): ChatEvent {
  return { type: 'text-delta', index, text };
}

export function ending(input: NewRunWithPrompt, index: number, text: string): RunEnd {
  const message: Message = {
    id: input.assistant_message_id,
    conversation_id: input.conversation_id,
    parent_id: input.user_message.id,
    role: 'assistant',
    parts: text ? [{ type: 'text', text }] : [],
    status: 'completed',
    run_id: input.run_id,
    provider_id: 'provider',
    model_id: 'model',
    finish_reason: 'stop',
    usage: null,
    error: null,
    created_at: NOW,
  };
  const finished = { type: 'run-finished', index, status: 'completed', finish_reason: 'stop' } as const;
  return {
    events: [{ ...finished, usage: null, duration_ms: 5, finished_at: NOW }],
    message,
    attempts: 1,
    first_output_ms: null,
  };
}

async function collect(runs: RunLog, runId: string, from = 0, owner = 'local'): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const batch of runs.read(owner, runId, from, new AbortController().signal)) events.push(...batch);
  return events;
}

const indexes = (events: readonly ChatEvent[]) => events.map((event) => event.index);
const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, at) => from + at);

export function runLogContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`run log: ${name}`, () => {
    let store: StoreUnderTest;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('[CA-2] a new run has its conversation, both messages and event 0 stored', async () => {
      const input = newRun();
      const { run, created } = await store.runs.create('local', input);
      expect(created).toBe(true);
      expect(run).toMatchObject({ id: input.run_id, status: 'running', attempts: 1, next_index: 1 });
      const { items, active_leaf_id } = await store.conversations.messages('local', input.conversation_id);
      expect(items.map(({ role, status }) => [role, status])).toEqual([
        ['user', 'completed'],
        ['assistant', 'running'],
      ]);
      expect(active_leaf_id).toBe(input.assistant_message_id);
    });

    it('[CW-3] a reader gets what is stored and then what comes, from any index, without gap or repeat', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      for (let index = 1; index < 40; index += 1) await store.runs.append('local', input.run_id, [delta(index)]);
      const readers = [0, 1, 17, 39, 40, 55].map((from) => collect(store.runs, input.run_id, from));
      for (let index = 40; index < 80; index += 2) {
        await store.runs.append('local', input.run_id, [delta(index), delta(index + 1)]);
      }
      await store.runs.finish('local', input.run_id, ending(input, 80, 'all'));
      const seen = await Promise.all(readers);
      expect(seen.map(indexes)).toEqual([0, 1, 17, 39, 40, 55].map((from) => upTo(81, from)));
    });

    it('[CW-3] a replay after the end is the same as the live view, also from the middle of a batch', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      const live = collect(store.runs, input.run_id);
      await store.runs.append('local', input.run_id, [
        delta(1),
        delta(2),
        { type: 'reasoning-delta', index: 3, text: 'hm' },
      ]);
      await store.runs.finish('local', input.run_id, ending(input, 4, 't1 t2 '));
      const whole = await live;
      expect(await collect(store.runs, input.run_id)).toEqual(whole);
      expect(await collect(store.runs, input.run_id, 2)).toEqual(whole.slice(2));
      expect(await collect(store.runs, input.run_id, 5)).toEqual([]);
    });

    it('[C4] a reader that sleeps through a long run still gets every event, once', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      const iterator = store.runs.read('local', input.run_id, 0, new AbortController().signal)[Symbol.asyncIterator]();
      const seen: ChatEvent[] = [...((await iterator.next()).value ?? [])];
      for (let index = 1; index <= 1500; index += 15) {
        const batch = Array.from({ length: 15 }, (_, at) => delta(index + at));
        await store.runs.append('local', input.run_id, batch);
      }
      await store.runs.finish('local', input.run_id, ending(input, 1501, 'long'));
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) seen.push(...step.value);
      expect(indexes(seen)).toEqual(upTo(1502));
    });

    it('[CW-3] a batch of any size is read once, waited behind, and folded', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      const big = 'x'.repeat(300_000);
      await store.runs.append('local', input.run_id, [delta(1, big)]);
      const readers = [0, 1, 2].map((from) => collect(store.runs, input.run_id, from));
      const { items } = await store.conversations.messages('local', input.conversation_id);
      expect(items[1]?.parts).toEqual([{ type: 'text', text: big }]);
      await store.runs.append('local', input.run_id, [delta(2)]);
      await store.runs.finish('local', input.run_id, ending(input, 3, 'all'));
      expect((await Promise.all(readers)).map(indexes)).toEqual([upTo(4), upTo(4, 1), upTo(4, 2)]);
    });

    it('[P1] a run whose last batch was large is settled too', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      await store.runs.append('local', input.run_id, [delta(1, 'x'.repeat(300_000))]);
      store = await store.reopenAfterCrash();
      expect(await store.runs.settleDead(NOW)).toBe(1);
      expect(indexes(await collect(store.runs, input.run_id))).toEqual(upTo(4));
    });

    it('[CW-3] text comes back as it was, also half a surrogate pair and NUL', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      const pieces = ['a\u0000b', '\ud83d', '\ude00', '\ufffd', '😀', ''];
      for (const [at, piece] of pieces.entries()) {
        await store.runs.append('local', input.run_id, [delta(at + 1, piece)]);
      }
      await store.runs.finish('local', input.run_id, ending(input, pieces.length + 1, pieces.join('')));
      const events = await collect(store.runs, input.run_id);
      expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(pieces);
      const { items } = await store.conversations.messages('local', input.conversation_id);
      expect(items[1]?.parts).toEqual([{ type: 'text', text: pieces.join('') }]);
    });

    it('[C1] a reader that goes away ends quietly and leaves the run alone', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      const gone = new AbortController();
      const seen: ChatEvent[] = [];
      const reading = (async () => {
        for await (const batch of store.runs.read('local', input.run_id, 0, gone.signal)) seen.push(...batch);
      })();
      await store.runs.append('local', input.run_id, [delta(1)]);
      gone.abort();
      await reading;
      await store.runs.append('local', input.run_id, [delta(2)]);
      expect((await store.runs.get('local', input.run_id))?.next_index).toBe(3);
    });

    it('[P1] nothing a reader received is missing after a crash, and the run is settled as interrupted', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      const received: ChatEvent[] = [];
      const gone = new AbortController();
      const reading = (async () => {
        for await (const batch of store.runs.read('local', input.run_id, 0, gone.signal)) received.push(...batch);
      })();
      for (let index = 1; index <= 25; index += 1) await store.runs.append('local', input.run_id, [delta(index, 'x')]);
      gone.abort();
      await reading;
      store = await store.reopenAfterCrash();
      expect(await store.runs.settleDead(NOW)).toBe(1);
      expect(await store.runs.settleDead(NOW)).toBe(0);
      const replayed = await collect(store.runs, input.run_id);
      expect(replayed.slice(0, received.length)).toEqual(received);
      expect(replayed.slice(-2).map(({ type }) => type)).toEqual(['error', 'run-finished']);
      const run = await store.runs.get('local', input.run_id);
      expect(run).toMatchObject({ status: 'interrupted', next_index: replayed.length, finish_reason: 'interrupted' });
      const { items } = await store.conversations.messages('local', input.conversation_id);
      expect(items[1]).toMatchObject({ status: 'interrupted', parts: [{ type: 'text', text: 'x'.repeat(25) }] });
    });

    it('[LC-006] there is exactly one terminal record, however often a run is finished', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      // Right behind an append, so that all of them meet in one transaction where there are groups.
      const appended = [1, 2].map((index) => store.runs.append('local', input.run_id, [delta(index)]));
      const ends = [3, 3, 3].map((index) => store.runs.finish('local', input.run_id, ending(input, index, 'done')));
      await Promise.all([...appended, ...ends]);
      await store.runs.finish('local', input.run_id, ending(input, 4, 'again'));
      const events = await collect(store.runs, input.run_id);
      expect(events.map(({ type }) => type)).toEqual(['run-started', 'text-delta', 'text-delta', 'run-finished']);
      expect((await store.runs.get('local', input.run_id))?.finished_at).toBe(NOW);
    });

    it('[CA-3] a message that is being written holds what is stored of it', async () => {
      const input = newRun();
      await store.runs.create('local', input);
      await store.runs.append('local', input.run_id, [delta(1, 'half '), delta(2, 'way')]);
      const { items } = await store.conversations.messages('local', input.conversation_id);
      expect(items[1]).toMatchObject({ status: 'running', parts: [{ type: 'text', text: 'half way' }] });
    });

    it('[C7] the same idempotency key gives the same run, and another request under it is refused', async () => {
      const idempotency = { key: `key-${counter}`, fingerprint: 'a' };
      const first = await store.runs.create('local', newRun({ idempotency }));
      const again = await store.runs.create('local', newRun({ idempotency }));
      expect(again).toEqual({ run: first.run, created: false });
      expect(await store.runs.find('local', idempotency.key, null)).toEqual(first.run);
      expect(await store.runs.find('local', idempotency.key, 'a')).toEqual(first.run);
      await expect(store.runs.find('local', idempotency.key, 'b')).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
      const other = newRun({ idempotency: { ...idempotency, fingerprint: 'b' } });
      await expect(store.runs.create('local', other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
      expect((await store.runs.create('somebody', newRun({ idempotency }))).created).toBe(true);
    });

    it('[C6] a second question is refused while the last one is being answered, unless it names where it hangs', async () => {
      const first = newRun();
      await store.runs.create('local', first);
      const { conversation_id } = first;
      const next = () => newRun({ conversation_id, create_conversation: undefined, parent_id: undefined });
      await expect(store.runs.create('local', next())).rejects.toMatchObject({ code: 'CONFLICT' });
      const sibling = await store.runs.create('local', { ...next(), parent_id: null });
      expect(sibling.created).toBe(true);
      await store.runs.finish('local', first.run_id, ending(first, 1, 'one'));
      await store.runs.finish('local', sibling.run.id, {
        ...ending({ ...first, assistant_message_id: sibling.run.message_id, run_id: sibling.run.id }, 1, 'two'),
      });
      const follow = next();
      await store.runs.create('local', follow);
      const path = await store.conversations.path('local', conversation_id, follow.user_message.id);
      expect(path.map(({ id }) => id)).toEqual([path[0]?.id, sibling.run.message_id, follow.user_message.id]);
    });

    it("[CA-3] nobody reads, extends or ends another owner's run", async () => {
      const input = newRun();
      await store.runs.create('local', input);
      expect(await store.runs.get('somebody', input.run_id)).toBeUndefined();
      expect(() => store.runs.read('somebody', input.run_id, 0, new AbortController().signal)).toThrow(AppError);
      await expect((async () => store.runs.append('somebody', input.run_id, [delta(1)]))()).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      await store.runs.finish('somebody', input.run_id, ending(input, 1, 'stolen'));
      expect((await store.runs.get('local', input.run_id))?.status).toBe('running');
      const foreign = newRun({ conversation_id: input.conversation_id, create_conversation: undefined });
      await expect(store.runs.create('somebody', foreign)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('[CA-2] a refused run leaves nothing behind', async () => {
      const input = newRun({ create_conversation: undefined });
      await expect(store.runs.create('local', input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await store.runs.get('local', input.run_id)).toBeUndefined();
      const orphan = newRun({ parent_id: 'msg_nowhere' });
      await expect(store.runs.create('local', orphan)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(store.conversations.get('local', orphan.conversation_id)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });
  });
}
