import { AppError, type NewChatEvent, settingsSchema } from '@lightchat/protocol';
import { describe, expect, it } from 'vitest';
import { fallbacksOf } from '../../providers/kit/fallbacks.ts';
import { manualClock } from '../../providers/testing/manual-clock.ts';
import type { ModelEvent, RetryClass } from '../ports.ts';
import { type Script, type ScriptedProvider, saying, scriptedProvider } from '../testing/scripted-provider.ts';
import { ask } from './ask.ts';
import { type Asking, abortAsking } from './asking.ts';

const messages = [{ role: 'user' as const, text: 'Hi' }];

/** A try that fails with this code, after this output. */
function failing(code: string, retry: RetryClass, more: { text?: string; retry_after_ms?: number } = {}): Script {
  const { text, ...rest } = more;
  const error = { error_code: code as 'PROVIDER_ERROR', message: code, details: {} };
  const batch: ModelEvent[] = text === undefined ? [] : [{ type: 'text-delta', text }];
  return [[...batch, { type: 'error', error, retry, ...rest }]];
}

interface Cast {
  /** What each provider does, try by try. */
  scripts: Record<string, Script[]>;
  settings?: object;
  asked?: string;
  unready?: AppError;
}

/** Asks `first/model` (or `asked`) of providers whose fallbacks are those of a settings document. */
function play({ scripts, settings = {}, asked = 'first/model', unready }: Cast) {
  const parsed = settingsSchema.parse({
    retry: { attempts: 1, delay_ms: 500 },
    ...settings,
    providers: [{ id: 'first', type: 'openai', fallbacks: ['second/b', 'third/c'] }],
  });
  const order: string[] = [];
  const providers = new Map<string, ScriptedProvider>();
  for (const [id, tries] of Object.entries(scripts)) {
    const provider = scriptedProvider(...tries);
    const config = parsed.providers.find((one) => one.id === id);
    const stream = provider.chatStream;
    providers.set(
      id,
      Object.assign(provider, {
        id,
        fallbacks: config ? fallbacksOf(config) : () => ['first/again'],
        chatStream(request: Parameters<typeof stream>[0], signal: AbortSignal) {
          order.push(`${id}/${request.model_id}`);
          return stream(request, signal);
        },
      }),
    );
  }
  const resolve = (id: string | undefined) => {
    const provider = providers.get(id ?? '');
    if (!provider) throw new AppError('PROVIDER_NOT_FOUND', `no ${id}`);
    return provider;
  };
  const clock = manualClock();
  const [provider_id = '', model_id = ''] = asked.split('/');
  const asking: Asking = {
    provider: resolve(provider_id),
    model_id,
    unready: unready?.toBody(),
    retry: parsed.retry,
    limits: parsed.limits,
    controller: new AbortController(),
    attempts: 1,
    output_length: 0,
  };
  const told: NewChatEvent[] = [];
  const outcome = ask({ clock, providers: { resolve } }, asking, { messages }, (events) => {
    told.push(...events);
    return undefined;
  });
  /** Lets every sleep pass, and gives how long they were. */
  async function patiently() {
    const waits: number[] = [];
    let over = false;
    const done = outcome.finally(() => {
      over = true;
    });
    while (!over) {
      for (const ms of clock.sleeping()) waits.push(ms);
      clock.advance(60_000);
      await new Promise((next) => setImmediate(next));
    }
    return { outcome: await done, waits };
  }
  const steps = () =>
    told.map((event) => {
      if (event.type === 'retry-scheduled') return `retry ${event.attempt} after ${event.delay_ms}`;
      if (event.type === 'fallback-taken') return `fallback ${event.attempt} ${event.provider_id}/${event.model_id}`;
      return event.type === 'text-delta' ? event.text : event.type;
    });
  return { asking, clock, order, outcome, patiently, steps, told };
}

describe('asking again', () => {
  it('[LC-007] retries first, then the fallbacks in their order, each with retries of its own', async () => {
    const { patiently, order, steps, asking } = play({
      scripts: {
        first: [failing('PROVIDER_ERROR', 'before-output')],
        second: [failing('PROVIDER_UNREACHABLE', 'safe')],
        third: [saying('Hello')],
      },
    });
    const { outcome, waits } = await patiently();
    expect(outcome).toMatchObject({ type: 'finished', reason: 'stop' });
    expect(order).toEqual(['first/model', 'first/model', 'second/b', 'second/b', 'third/c']);
    expect(steps()).toEqual([
      'retry 2 after 500',
      'fallback 3 second/b',
      'retry 4 after 500',
      'fallback 5 third/c',
      'Hello',
    ]);
    expect(waits).toEqual([500, 500]);
    expect([asking.provider.id, asking.model_id, asking.attempts]).toEqual(['third', 'c', 5]);
  });

  it('[LC-007] each step tells what went wrong before it', async () => {
    const { patiently, told } = play({
      scripts: {
        first: [failing('PROVIDER_ERROR', 'before-output'), failing('PROVIDER_TIMEOUT', 'before-output')],
        second: [saying('Hello')],
      },
    });
    await patiently();
    const errors = told.flatMap((event) => ('error' in event ? [event.error.error_code] : []));
    expect(errors).toEqual(['PROVIDER_ERROR', 'PROVIDER_TIMEOUT']);
  });

  it('[LC-007] what gives the same answer again is not asked again, but the next model is', async () => {
    const { patiently, order } = play({
      scripts: { first: [failing('MODEL_NOT_FOUND', 'never')], second: [saying('Hello')] },
    });
    expect((await patiently()).waits).toEqual([]);
    expect(order).toEqual(['first/model', 'second/b']);
  });

  it('[U18] a provider is waited for as long as it asks, and given up for another when that is over a minute', async () => {
    const soon = play({
      scripts: { first: [failing('RATE_LIMITED', 'safe', { retry_after_ms: 7000 }), saying('Hello')] },
    });
    expect((await soon.patiently()).waits).toEqual([7000]);
    expect(soon.order).toEqual(['first/model', 'first/model']);
    const late = play({
      scripts: { first: [failing('RATE_LIMITED', 'safe', { retry_after_ms: 60_001 })], second: [saying('Hello')] },
    });
    expect((await late.patiently()).waits).toEqual([]);
    expect(late.order).toEqual(['first/model', 'second/b']);
  });

  it('[LC-007] the last failure is the outcome when nobody is left', async () => {
    const { patiently, order } = play({
      scripts: {
        first: [failing('PROVIDER_ERROR', 'never')],
        second: [failing('PROVIDER_ERROR', 'never')],
        third: [failing('PROVIDER_UNAUTHORIZED', 'never')],
      },
    });
    expect((await patiently()).outcome).toMatchObject({
      type: 'failed',
      error: { error_code: 'PROVIDER_UNAUTHORIZED' },
    });
    expect(order).toEqual(['first/model', 'second/b', 'third/c']);
  });

  it("[LC-007] a fallback's own fallbacks are not asked, so that nobody asks in a circle", async () => {
    const { patiently, order } = play({
      scripts: {
        first: [failing('PROVIDER_ERROR', 'never')],
        second: [failing('PROVIDER_ERROR', 'never')],
        third: [failing('PROVIDER_ERROR', 'never')],
      },
      asked: 'second/model',
    });
    await patiently();
    expect(order).toEqual(['second/model', 'first/again']);
  });

  it('[U14] a stream that ends without a word is tried again', async () => {
    const { patiently, order } = play({ scripts: { first: [[], saying('Hello')] } });
    expect((await patiently()).outcome.type).toBe('finished');
    expect(order).toHaveLength(2);
  });

  it('[U4] a hint that the model is loading is no output', async () => {
    const hint: Script = [
      [{ type: 'progress', state: 'loading-model' }],
      ...failing('PROVIDER_TIMEOUT', 'before-output'),
    ];
    const { patiently, steps } = play({ scripts: { first: [hint, saying('Hello')] } });
    await patiently();
    expect(steps()).toEqual(['run-progress', 'retry 2 after 500', 'Hello']);
  });
});

describe('after output', () => {
  it.each([
    ['delivered', [[{ type: 'text-delta', text: 'Half' }], ...failing('STREAM_INTERRUPTED', 'safe')]],
    ['that came together with the failure', failing('STREAM_INTERRUPTED', 'safe', { text: 'Half' })],
    ['of reasoning', [[{ type: 'reasoning-delta', text: 'hm' }], ...failing('STREAM_INTERRUPTED', 'safe')]],
    [
      'of a tool call',
      [[{ type: 'tool-call', call_id: 'c', name: 'f', arguments: '{}' }], ...failing('STREAM_INTERRUPTED', 'safe')],
    ],
  ] as [string, Script][])('[LC-007] %s nothing and nobody is asked again', async (_, script) => {
    const { patiently, order } = play({ scripts: { first: [script], second: [saying('Hello')] } });
    const { outcome, waits } = await patiently();
    expect(outcome).toMatchObject({ type: 'failed', error: { error_code: 'STREAM_INTERRUPTED' } });
    expect([order, waits]).toEqual([['first/model'], []]);
  });

  it('[U9] an end without a reason is left as it is', async () => {
    const { patiently, order } = play({
      scripts: { first: [[[{ type: 'text-delta', text: 'Half' }]]], second: [saying('Hello')] },
    });
    expect((await patiently()).outcome.type).toBe('ended');
    expect(order).toEqual(['first/model']);
  });
});

describe('who is asked', () => {
  it('[LC-011] a fallback whose provider was removed from the settings is passed over', async () => {
    const { patiently, order, steps } = play({
      scripts: { first: [failing('PROVIDER_ERROR', 'never')], third: [saying('Hello')] },
    });
    expect((await patiently()).outcome.type).toBe('finished');
    expect(order).toEqual(['first/model', 'third/c']);
    expect(steps()).toEqual(['fallback 2 third/c', 'Hello']);
  });

  it('[LC-007] of a provider that could not even name a model, only the fallbacks', async () => {
    const unready = new AppError('PROVIDER_UNREACHABLE', 'away');
    const { patiently, order, told } = play({
      scripts: { first: [saying('never asked')], second: [saying('Hello')] },
      unready,
    });
    expect((await patiently()).outcome.type).toBe('finished');
    expect(order).toEqual(['second/b']);
    expect(told[0]).toMatchObject({ type: 'fallback-taken', attempt: 2, error: unready.toBody() });
    const alone = play({ scripts: { first: [saying('never asked')] }, unready });
    expect((await alone.patiently()).outcome).toMatchObject({ type: 'failed', error: unready.toBody() });
    expect(alone.order).toEqual([]);
  });

  it('[LC-010] the fallbacks of a model count before those of its provider', () => {
    const fallbacks = fallbacksOf({
      id: 'p',
      type: 'openai',
      fallbacks: ['a/any'],
      models: { big: { fallbacks: ['b/small'] }, alone: { fallbacks: [] }, plain: {} },
    });
    expect(['big', 'alone', 'plain', 'other', 'constructor'].map(fallbacks)).toEqual([
      ['b/small'],
      [],
      ['a/any'],
      ['a/any'],
      ['a/any'],
    ]);
    expect(fallbacksOf({ id: 'p', type: 'openai' })('any')).toEqual([]);
  });
});

describe('an end from our side', () => {
  it('[CP-5] a stop while waiting ends the wait, and nobody is asked any more', async () => {
    const { asking, clock, order, outcome, steps } = play({
      scripts: { first: [failing('PROVIDER_ERROR', 'before-output')], second: [saying('Hello')] },
    });
    while (clock.sleeping().length === 0) await new Promise((next) => setImmediate(next));
    abortAsking(asking, 'stop');
    expect(await outcome).toEqual({ type: 'aborted' });
    expect(clock.sleeping()).toEqual([]);
    expect(order).toEqual(['first/model']);
    expect(steps()).toEqual(['retry 2 after 500']);
  });

  it('[U26] output beyond the limit stops the provider', async () => {
    const endless: Script = [
      ...Array.from({ length: 50 }, () => [{ type: 'text-delta' as const, text: 'x'.repeat(10) }]),
    ];
    const { patiently, asking, told } = play({
      scripts: { first: [endless] },
      settings: { limits: { output_bytes: 100 } },
    });
    expect((await patiently()).outcome).toEqual({ type: 'aborted' });
    expect(asking.controller.signal.reason).toBe('too-large');
    expect(told.length).toBe(11);
  });

  it('[U26] calls count with everything that is kept of them', async () => {
    const call = { type: 'tool-call' as const, call_id: 'x'.repeat(60), name: 'f', arguments: '{}' };
    const { patiently, asking } = play({
      scripts: { first: [Array.from({ length: 50 }, () => [call])] },
      settings: { limits: { output_bytes: 1000 } },
    });
    expect((await patiently()).outcome).toEqual({ type: 'aborted' });
    expect(asking.controller.signal.reason).toBe('too-large');
  });
});
