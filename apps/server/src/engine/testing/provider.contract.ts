/** What every LLMProvider keeps, whatever answers behind it. */
import { errorBodySchema, modelInfoSchema, usageSchema } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LLMProvider, ModelEvent } from '../ports.ts';

export interface ProviderUnderTest {
  provider: LLMProvider;
  models: {
    /** Answers at some length, and finishes. */
    answers: string;
    /** Goes on until it is aborted, or for very long. */
    endless: string;
    /** Does not exist. */
    missing: string;
  };
  /** Resolves when the other side has noticed that nobody listens any more. */
  upstreamStopped(): Promise<unknown>;
  close(): Promise<void>;
}

export function providerContract(name: string, open: () => Promise<ProviderUnderTest>): void {
  describe(`provider: ${name}`, () => {
    let under: ProviderUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    const never = () => new AbortController().signal;
    const ask = (model_id: string, signal: AbortSignal) =>
      under.provider.chatStream({ model_id, messages: [{ role: 'user', text: 'Hello' }] }, signal);

    it('[LC-003] lists models that a chat can use', async () => {
      const models = await under.provider.listModels(never());
      expect(models.map((model) => modelInfoSchema.parse(model).id)).toContain(under.models.answers);
    });

    it('[LC-003] an aborted listing rejects at once', async () => {
      const { signal, abort } = controller();
      const listing = under.provider.listModels(signal).then(
        () => 'listed',
        () => 'rejected',
      );
      abort();
      expect(await Promise.race([listing, ticks().then(() => 'too late')])).not.toBe('too late');
      await expect(under.provider.listModels(signal)).rejects.toBeDefined();
    });

    it('[LC-003] an answer is non-empty batches of output, then usage, then one finish', async () => {
      const events: ModelEvent[] = [];
      for await (const batch of ask(under.models.answers, never())) {
        expect(batch.length).toBeGreaterThan(0);
        events.push(...batch);
      }
      const kinds = events.map(({ type }) => type);
      expect(kinds.indexOf('finish')).toBe(kinds.length - 1);
      expect(kinds).toContain('text-delta');
      const usage = events.find((event) => event.type === 'usage');
      if (usage) {
        expect(usageSchema.parse(usage.usage)).toEqual(usage.usage);
        expect(kinds.indexOf('usage')).toBeGreaterThan(kinds.lastIndexOf('text-delta'));
      }
      for (const event of events) if ('text' in event) expect(event.text).not.toBe('');
    });

    it('[CP-5] aborting in the middle ends the stream within a tick, without a word, and reaches the other side', async () => {
      const { signal, abort } = controller();
      const stream = ask(under.models.endless, signal)[Symbol.asyncIterator]();
      expect((await stream.next()).done).toBe(false);
      const rest = drain(stream);
      abort();
      const after = await Promise.race([rest, ticks().then(() => 'too late')]);
      expect(after).not.toBe('too late');
      expect((after as ModelEvent[]).filter(({ type }) => type === 'finish' || type === 'error')).toEqual([]);
      await under.upstreamStopped();
    });

    it('[CP-5] a signal that aborted before the start gives nothing', async () => {
      const { signal, abort } = controller();
      abort();
      expect(await drain(ask(under.models.answers, signal)[Symbol.asyncIterator]())).toEqual([]);
    });

    it('[LC-006] a reader that leaves early stops the other side', async () => {
      for await (const _ of ask(under.models.endless, never())) break;
      await under.upstreamStopped();
    });

    it('[U20] an unknown model is one error event that names it, not a throw', async () => {
      const events = await drain(ask(under.models.missing, never())[Symbol.asyncIterator]());
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({ type: 'error', retry: 'never', error: { error_code: 'MODEL_NOT_FOUND' } });
      const [event] = events;
      if (event?.type === 'error') expect(errorBodySchema.parse(event.error)).toEqual(event.error);
    });

    it('[LC-006] answers at the same time do not mix', async () => {
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => drain(ask(under.models.answers, never())[Symbol.asyncIterator]())),
      );
      const texts = answers.map(textOf);
      expect(texts[0]).not.toBe('');
      expect(new Set(texts).size).toBe(1);
    });

    it('[LC-006] a slow reader gets the same text as a fast one', async () => {
      const fast = await drain(ask(under.models.answers, never())[Symbol.asyncIterator]());
      const slow: ModelEvent[] = [];
      for await (const batch of ask(under.models.answers, never())) {
        slow.push(...batch);
        await ticks();
      }
      expect(textOf(slow)).toBe(textOf(fast));
      expect(slow.at(-1)).toEqual(fast.at(-1));
    });
  });
}

function controller(): { signal: AbortSignal; abort(): void } {
  const made = new AbortController();
  return { signal: made.signal, abort: () => made.abort() };
}

async function drain(stream: AsyncIterator<readonly ModelEvent[]>): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for (let next = await stream.next(); !next.done; next = await stream.next()) events.push(...next.value);
  return events;
}

function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
}

/** One turn of the event loop. */
function ticks(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
