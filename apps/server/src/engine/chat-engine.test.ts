import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Change, type ChatEvent, type LogEntry, type Settings, settingsSchema } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/index.ts';
import { systemClock } from '../system/clock.ts';
import { systemIds } from '../system/ids.ts';
import { type ChatEngine, createChatEngine } from './chat-engine.ts';
import type { ModelEvent } from './ports.ts';
import { directoryOf, type Script, saying, scriptedProvider } from './testing/scripted-provider.ts';

const owner = 'local';
let folder: string;
let store: SqliteStore;
let slept: number[];
let logged: Omit<LogEntry, 'ts'>[];
let published: Change[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-engine-'));
  store = openSqliteStore(folder);
  slept = [];
  logged = [];
  published = [];
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An engine over the real store; sleeping takes no time and is written down. */
function engineOver(scripts: Script[], overrides: Partial<Settings> = {}) {
  const provider = scriptedProvider(...scripts);
  const settings = settingsSchema.parse(overrides);
  const engine = createChatEngine({
    clock: {
      ...systemClock,
      sleep: async (ms, signal) => {
        slept.push(ms);
        await systemClock.sleep(0, signal);
      },
    },
    ids: systemIds,
    logger: { write: (entry) => void logged.push(entry) },
    changes: { publish: (_owner, change) => void published.push(change) },
    providers: directoryOf(provider),
    runs: store.runs,
    conversations: store.conversations,
    usage: store.usage,
    settings: () => settings,
  });
  return { engine, provider };
}

async function follow(engine: ChatEngine, runId: string, from = 0): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const batch of engine.follow(owner, runId, from, new AbortController().signal)) events.push(...batch);
  return events;
}

/** Resolves once the run has stored `count` events. */
async function untilStored(engine: ChatEngine, runId: string, count: number): Promise<void> {
  const gone = new AbortController();
  let seen = 0;
  for await (const batch of engine.follow(owner, runId, 0, gone.signal)) {
    seen += batch.length;
    if (seen >= count) break;
  }
  gone.abort();
}

const types = (events: readonly ChatEvent[]) => events.map(({ type }) => type);
const text = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

function fault(code: string, retry: 'safe' | 'before-output' | 'never', more: object = {}): ModelEvent[] {
  return [
    { type: 'error', error: { error_code: code as never, message: `${code} happened`, details: {} }, retry, ...more },
  ];
}

describe('a run', () => {
  it('[LC-006] is stored, streamed and completed, and its message is the fold of its events', async () => {
    const { engine } = engineOver([saying('Hel', 'lo', '!')]);
    const run = await engine.start(owner, { prompt: 'Hi there' });
    const events = await follow(engine, run.id);
    expect(types(events)).toEqual(['run-started', 'text-delta', 'text-delta', 'text-delta', 'run-finished']);
    expect(events.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(text(events)).toBe('Hello!');
    expect(await engine.get(owner, run.id)).toMatchObject({
      status: 'completed',
      finish_reason: 'stop',
      next_index: 5,
    });
    const { items } = await store.conversations.messages(owner, run.conversation_id);
    expect(items.map(({ parts }) => parts)).toEqual([
      [{ type: 'text', text: 'Hi there' }],
      [{ type: 'text', text: 'Hello!' }],
    ]);
    expect((await store.conversations.get(owner, run.conversation_id)).title).toBe('Hi there');
  });

  it('[CA-3] asks the model with the whole branch and the system prompt', async () => {
    const { engine, provider } = engineOver([saying('one'), saying('two')]);
    const first = await engine.start(owner, { prompt: 'A', system_prompt: 'Be brief.' });
    await follow(engine, first.id);
    const { conversation_id } = first;
    await follow(engine, (await engine.start(owner, { prompt: 'B', conversation_id, temperature: 0.3 })).id);
    expect(provider.requests.map(({ messages }) => messages.map(({ role, text }) => `${role}: ${text}`))).toEqual([
      ['system: Be brief.', 'user: A'],
      ['user: A', 'assistant: one', 'user: B'],
    ]);
    expect(provider.requests[1]).toMatchObject({ model_id: 'model', temperature: 0.3 });
    expect('top_p' in (provider.requests[1] ?? {})).toBe(false);
  });

  it('[CA-3] goes on after the message named as parent, from the beginning when that is null', async () => {
    const { engine, provider } = engineOver([saying('one'), saying('two'), saying('three')]);
    const { id, conversation_id, message_id } = await engine.start(owner, { prompt: 'A' });
    await follow(engine, id);
    for (const parent_id of [message_id, null]) {
      await follow(engine, (await engine.start(owner, { prompt: 'B', conversation_id, parent_id })).id);
    }
    expect(provider.requests.map(({ messages }) => messages.map(({ text }) => text))).toEqual([
      ['A'],
      ['A', 'one', 'B'],
      ['B'],
    ]);
  });

  it('[LC-010] logs the prompt and the answer with provider, model and run, and tells the pages', async () => {
    const { engine } = engineOver([saying('fine')]);
    const run = await engine.start(owner, { prompt: 'How are you?' });
    await follow(engine, run.id);
    await engine.drain(1000);
    const about = { provider_id: 'scripted', model_id: 'model', run_id: run.id };
    expect(logged[0]).toMatchObject({ role: 'user', content: 'How are you?', ...about });
    expect(logged[1]).toMatchObject({ role: 'assistant', content: 'fine', event_type: 'run_completed', ...about });
    expect(published.map(({ type }) => type)).toEqual(['run-started', 'run-finished']);
  });

  it("[CP-7] has the provider's own counts, or an estimate that is marked as one", async () => {
    const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
    const counted: Script = [
      [{ type: 'text-delta', text: 'x' }],
      [
        { type: 'usage', usage },
        { type: 'finish', reason: 'stop' },
      ],
    ];
    const { engine } = engineOver([counted, saying('twelve chars')]);
    const first = await engine.start(owner, { prompt: 'a' });
    await follow(engine, first.id);
    expect((await engine.get(owner, first.id)).usage).toEqual(usage);
    const second = await engine.start(owner, { prompt: 'abcdefgh' });
    await follow(engine, second.id);
    expect((await engine.get(owner, second.id)).usage).toEqual({
      prompt_tokens: 2,
      completion_tokens: 3,
      total_tokens: 5,
      estimated: true,
    });
  });
});

describe('retrying', () => {
  it('[LC-007] tries once more after 2 s by default when nothing was delivered, and records it', async () => {
    const { engine, provider } = engineOver([[fault('PROVIDER_UNREACHABLE', 'safe')], saying('back')]);
    const run = await engine.start(owner, { prompt: 'x' });
    const events = await follow(engine, run.id);
    expect(types(events)).toEqual(['run-started', 'retry-scheduled', 'text-delta', 'run-finished']);
    expect(events[1]).toMatchObject({ attempt: 2, delay_ms: 2000, error: { error_code: 'PROVIDER_UNREACHABLE' } });
    expect(slept).toEqual([2000]);
    expect(provider.requests).toHaveLength(2);
    expect(await engine.get(owner, run.id)).toMatchObject({ status: 'completed', attempts: 2 });
  });

  it('[LC-007] count and delay come from settings', async () => {
    const { engine, provider } = engineOver([[fault('PROVIDER_ERROR', 'before-output')]], {
      retry: { attempts: 3, delay_ms: 10 },
    } as Partial<Settings>);
    const run = await engine.start(owner, { prompt: 'x' });
    expect(types(await follow(engine, run.id)).filter((type) => type === 'retry-scheduled')).toHaveLength(3);
    expect(slept).toEqual([10, 20, 40]);
    expect(provider.requests).toHaveLength(4);
    expect(await engine.get(owner, run.id)).toMatchObject({ status: 'failed', attempts: 4, finish_reason: 'error' });
  });

  it('[LC-007] never after the first delivered output', async () => {
    const { engine, provider } = engineOver([[[{ type: 'text-delta', text: 'par' }], fault('PROVIDER_ERROR', 'safe')]]);
    const run = await engine.start(owner, { prompt: 'x' });
    expect(types(await follow(engine, run.id))).toEqual(['run-started', 'text-delta', 'error', 'run-finished']);
    expect(provider.requests).toHaveLength(1);
    const { items } = await store.conversations.messages(owner, run.conversation_id);
    expect(items[1]).toMatchObject({
      status: 'failed',
      parts: [{ text: 'par' }],
      error: { error_code: 'PROVIDER_ERROR' },
    });
  });

  it('[LC-007] a run at work tells how often it tried', async () => {
    const { engine } = engineOver([[fault('PROVIDER_UNREACHABLE', 'safe')], ['hang']]);
    const run = await engine.start(owner, { prompt: 'x' });
    await untilStored(engine, run.id, 2);
    expect(await engine.get(owner, run.id)).toMatchObject({ status: 'running', attempts: 2 });
    await engine.stop(owner, run.id);
  });

  it('[U20] never where the provider would give the same answer', async () => {
    const { engine, provider } = engineOver([[fault('PROVIDER_UNAUTHORIZED', 'never')]]);
    const run = await engine.start(owner, { prompt: 'x' });
    await follow(engine, run.id);
    expect(provider.requests).toHaveLength(1);
  });

  it('[U18] waits as long as the provider asks, up to a minute, and not at all beyond', async () => {
    const patient = engineOver([[fault('RATE_LIMITED', 'safe', { retry_after_ms: 30_000 })], saying('ok')]);
    await follow(patient.engine, (await patient.engine.start(owner, { prompt: 'x' })).id);
    expect(slept).toEqual([30_000]);
    const year = engineOver([[fault('RATE_LIMITED', 'safe', { retry_after_ms: 31_536_000_000 })]]);
    const run = await year.engine.start(owner, { prompt: 'x' });
    await follow(year.engine, run.id);
    expect(await year.engine.get(owner, run.id)).toMatchObject({ status: 'failed', attempts: 1 });
  });
});

describe('an end that is not a finish', () => {
  it('[U9] a stream that stops in mid-answer is interrupted, and what came is kept', async () => {
    const { engine } = engineOver([[[{ type: 'text-delta', text: 'half' }]]]);
    const run = await engine.start(owner, { prompt: 'x' });
    const events = await follow(engine, run.id);
    expect(types(events)).toEqual(['run-started', 'text-delta', 'error', 'run-finished']);
    expect(await engine.get(owner, run.id)).toMatchObject({
      status: 'interrupted',
      error: { error_code: 'STREAM_INTERRUPTED' },
    });
  });

  it('[U14] a stream without a word is tried again and then reported, not shown as an empty answer', async () => {
    const { engine, provider } = engineOver([[]]);
    const run = await engine.start(owner, { prompt: 'x' });
    await follow(engine, run.id);
    expect(provider.requests).toHaveLength(2);
    expect((await engine.get(owner, run.id)).status).toBe('interrupted');
  });

  it('[U26] output and time are bounded', async () => {
    const endless: Script = Array.from({ length: 50 }, (): ModelEvent[] => [
      { type: 'text-delta', text: 'x'.repeat(100) },
    ]);
    const limits = { output_bytes: 1000 } as Settings['limits'];
    const { engine } = engineOver([endless], { limits });
    const run = await engine.start(owner, { prompt: 'x' });
    const events = await follow(engine, run.id);
    expect(text(events).length).toBeLessThan(1300);
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'interrupted' });
  });

  it('[U26] time is bounded also while the provider gives nothing that could be counted', async () => {
    const { engine } = engineOver([['hang']], { limits: { run_ms: 30 } as Settings['limits'] });
    const run = await engine.start(owner, { prompt: 'x' });
    expect((await follow(engine, run.id)).at(-1)).toMatchObject({ type: 'run-finished', status: 'interrupted' });
    expect((await engine.get(owner, run.id)).error?.error_code).toBe('PROVIDER_TIMEOUT');
  });
});

describe('stopping', () => {
  const words: Script = [[{ type: 'text-delta', text: 'so far' }], 'hang'];

  it('[C8] ends the run for everyone, keeps the text, aborts the upstream, and is idempotent', async () => {
    const { engine, provider } = engineOver([words]);
    const run = await engine.start(owner, { prompt: 'x' });
    const watching = follow(engine, run.id);
    await untilStored(engine, run.id, 2);
    const stops = await Promise.all([engine.stop(owner, run.id), engine.stop(owner, run.id)]);
    expect(stops.map(({ status }) => status)).toEqual(['stopped', 'stopped']);
    expect(await engine.stop(owner, run.id)).toEqual(stops[0]);
    expect(types(await watching)).toEqual(['run-started', 'text-delta', 'run-finished']);
    expect(provider.aborted).toBe(1);
    const { items } = await store.conversations.messages(owner, run.conversation_id);
    expect(items[1]).toMatchObject({ status: 'stopped', parts: [{ text: 'so far' }] });
  });

  it('[C8] works before the first token and while waiting for a retry', async () => {
    const silent = engineOver([['hang']]);
    const first = await silent.engine.start(owner, { prompt: 'x' });
    expect((await silent.engine.stop(owner, first.id)).status).toBe('stopped');
    const failing = engineOver([[fault('PROVIDER_UNREACHABLE', 'safe')], ['hang']]);
    const second = await failing.engine.start(owner, { prompt: 'x' });
    await untilStored(failing.engine, second.id, 2);
    expect((await failing.engine.stop(owner, second.id)).status).toBe('stopped');
  });

  it("[C3] nobody stops or follows another owner's run", async () => {
    const { engine } = engineOver([words]);
    const run = await engine.start(owner, { prompt: 'x' });
    await expect(engine.stop('somebody', run.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(() => engine.follow('somebody', run.id, 0, new AbortController().signal)).toThrow(/no such run/);
    await engine.stop(owner, run.id);
  });

  it('[C9] deleting a conversation stops what is being written in it', async () => {
    const { engine } = engineOver([words]);
    const run = await engine.start(owner, { prompt: 'x' });
    await engine.removeConversation(owner, run.conversation_id);
    expect((await engine.get(owner, run.id)).status).toBe('stopped');
    expect(engine.activeCount()).toBe(0);
  });

  it('[C9] nothing starts in a conversation that is being deleted', async () => {
    const { engine } = engineOver([words]);
    const run = await engine.start(owner, { prompt: 'x' });
    const { conversation_id } = run;
    const removing = engine.removeConversation(owner, conversation_id);
    const late = engine.start(owner, { prompt: 'y', conversation_id, parent_id: run.message_id });
    await expect(late).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await removing;
    expect(engine.activeCount()).toBe(0);
  });

  it('[P3] draining refuses new runs, lets running ones end, and settles the rest as interrupted', async () => {
    const { engine } = engineOver([words]);
    const run = await engine.start(owner, { prompt: 'x', idempotency_key: 'k' });
    await untilStored(engine, run.id, 2);
    const drained = engine.drain(0);
    await expect(engine.start(owner, { prompt: 'y' })).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect((await engine.start(owner, { prompt: 'x', idempotency_key: 'k' })).id).toBe(run.id);
    await drained;
    expect(await engine.get(owner, run.id)).toMatchObject({ status: 'interrupted', finish_reason: 'interrupted' });
  });
});

describe('shutting down while something starts', () => {
  /** An engine that lists models only to whoever goes away, and stores a run only when the gate opens. */
  function engineThatWaits(gate: Promise<void>) {
    const provider = scriptedProvider(['hang']);
    return createChatEngine({
      clock: systemClock,
      ids: systemIds,
      logger: { write: () => {} },
      changes: { publish: () => {} },
      usage: store.usage,
      providers: {
        ...directoryOf(provider),
        defaultModel: (_, signal) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
      runs: {
        ...store.runs,
        create: async (...input) => {
          const created = await store.runs.create(...input);
          await gate;
          return created;
        },
      },
      conversations: store.conversations,
      settings: () => settingsSchema.parse({}),
    });
  }

  it('[P3] a start that waits for a list of models is refused at once', async () => {
    const engine = engineThatWaits(Promise.resolve());
    const starting = engine.start(owner, { prompt: 'x' });
    await Promise.all([expect(starting).rejects.toMatchObject({ code: 'SHUTTING_DOWN' }), engine.drain(60_000)]);
    expect(engine.activeCount()).toBe(0);
  });

  it('[P3] a run that is just being stored is waited for and settled too', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const engine = engineThatWaits(gate);
    const starting = engine.start(owner, { prompt: 'x', model_id: 'model' });
    const drained = engine.drain(0);
    setTimeout(open, 20);
    await drained;
    expect((await engine.get(owner, (await starting).id)).status).toBe('interrupted');
  });
});

describe('starting', () => {
  it('[C7] the same key with the same request is one run; with another request it is refused', async () => {
    const { engine, provider } = engineOver([saying('once')]);
    const request = { prompt: 'x', idempotency_key: 'key' };
    const runs = await Promise.all([engine.start(owner, request), engine.start(owner, { ...request })]);
    expect(runs[0]?.id).toBe(runs[1]?.id);
    await follow(engine, runs[0]?.id ?? '');
    expect((await engine.start(owner, { idempotency_key: 'key', prompt: 'x', temperature: null })).id).toBe(
      runs[0]?.id,
    );
    expect(provider.requests).toHaveLength(1);
    await expect(engine.start(owner, { ...request, prompt: 'y' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('[CW-3] a stream id joins its run whatever else is asked', async () => {
    const { engine } = engineOver([saying('joined')]);
    const first = await engine.start(owner, { prompt: 'x' }, { joinKey: 's' });
    expect((await engine.start(owner, { prompt: 'other' }, { joinKey: 's' })).id).toBe(first.id);
    expect((await engine.find(owner, 's'))?.id).toBe(first.id);
    expect(await engine.find(owner, 'unknown')).toBeUndefined();
    await follow(engine, first.id);
  });

  it('[LC-009] an answer without a run that breaks inside says so, and the log has the details', async () => {
    const { engine } = engineOver([saying('hello')]);
    const broken = () => Promise.reject(new Error('no such pen'));
    const end = await engine.complete(
      owner,
      { model: 'scripted/model', messages: [] },
      new AbortController().signal,
      broken,
    );
    expect(end).toMatchObject({ status: 'failed', error: { error_code: 'INTERNAL' } });
    expect(logged).toContainEqual(
      expect.objectContaining({
        event_type: 'completion_broke',
        details: { error: expect.stringContaining('no such pen') },
      }),
    );
  });

  it('[L16] embeddings are limited together with runs, and a shutdown ends them in words', async () => {
    const { engine, provider } = engineOver([['hang']], { limits: { active_runs: 2 } as Settings['limits'] });
    provider.embed = (_request, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const embed = () => engine.embed(owner, { model: 'scripted/model', input: ['x'] }, new AbortController().signal);
    const asked = [embed(), embed()];
    while (engine.activeCount() < 2) await new Promise((next) => setImmediate(next));
    await expect(embed()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(engine.start(owner, { prompt: 'x' })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await engine.drain(0);
    for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 'SHUTTING_DOWN' });
    }
    expect(engine.activeCount()).toBe(0);
  });

  it('[L16] runs at work are limited, also when they start in one burst', async () => {
    const { engine } = engineOver([['hang']], { limits: { active_runs: 2 } as Settings['limits'] });
    const started = await Promise.allSettled([1, 2, 3, 4].map((n) => engine.start(owner, { prompt: `${n}` })));
    expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    for (const result of started) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'RATE_LIMITED' });
      else await engine.stop(owner, result.value.id);
    }
  });
});
