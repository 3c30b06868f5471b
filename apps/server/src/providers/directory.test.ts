import { type ProviderConfig, type ProviderInfo, settingsSchema } from '@lightchat/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closedPort, startUpstream, type Upstream } from '../../../../tests/upstream/index.ts';
import { createProviderDirectory, type WatchedDirectory } from './directory.ts';
import { collect, summarize } from './testing/collect.ts';
import { manualClock } from './testing/manual-clock.ts';

const DEMO: ProviderConfig = { id: 'demo', type: 'demo', name: 'Demo' };
const never = () => new AbortController().signal;

let upstream: Upstream;
let opened: WatchedDirectory[];
beforeEach(async () => {
  upstream = await startUpstream();
  opened = [];
});
afterEach(async () => {
  for (const directory of opened) directory.close();
  await upstream.close();
});

function open(providers: ProviderConfig[], more: object = {}) {
  const clock = manualClock();
  const lines: string[] = [];
  let changes = 0;
  let changed = Promise.withResolvers<void>();
  const settingsOf = (list: ProviderConfig[], extra: object = more) =>
    settingsSchema.parse({ providers: list, ...extra });
  const directory = createProviderDirectory({
    settings: settingsOf(providers),
    onChange() {
      changes += 1;
      changed.resolve();
      changed = Promise.withResolvers();
    },
    logger: { write: ({ content }) => lines.push(content) },
    clock,
  });
  opened.push(directory);
  return {
    directory,
    clock,
    lines,
    settingsOf,
    changes: () => changes,
    status: (id: string) => directory.list().find((info) => info.id === id)?.status,
    async until(test: (list: ProviderInfo[]) => boolean): Promise<ProviderInfo[]> {
      while (!test(directory.list())) await changed.promise;
      return directory.list();
    },
    /** Resolves when somebody sleeps this long. */
    async asleep(ms: number): Promise<void> {
      while (!clock.sleeping().includes(ms)) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const openai = (id = 'box', more: Partial<ProviderConfig> = {}): ProviderConfig => ({
  id,
  type: 'openai',
  host: upstream.openai_url,
  ...more,
});
const is = (id: string, status: string) => (list: ProviderInfo[]) =>
  list.some((info) => info.id === id && info.status === status);

describe('status', () => {
  it('[LC-005] is known without waiting, and becomes ready when the provider answers', async () => {
    const { directory, until, changes } = open([openai(), DEMO]);
    expect(directory.list()).toEqual([
      { id: 'box', name: 'box', type: 'openai', status: 'unknown', default: false },
      { id: 'demo', name: 'Demo', type: 'demo', status: 'ready', default: true },
    ]);
    const list = await until(is('box', 'ready'));
    expect(list.map(({ default: chosen }) => chosen)).toEqual([true, false]);
    expect(changes()).toBe(1);
  });

  it('[LC-005] a dead provider says where it was looked for and what to do', async () => {
    const port = await closedPort();
    const { until } = open([{ id: 'ollama', type: 'ollama', host: `http://127.0.0.1:${port}` }, DEMO]);
    const [info] = await until(is('ollama', 'unreachable'));
    expect(info?.problem).toContain(`127.0.0.1:${port}`);
    expect(info?.problem).toContain('Is Ollama running?');
  });

  it('[LC-005] a provider that never answers is given up after two seconds, and nobody waits for it', async () => {
    upstream.listing = 'hang';
    const { clock, until, asleep, directory } = open([openai(), DEMO]);
    await asleep(2000);
    await upstream.waitFor(({ path }) => path === '/v1/models');
    expect(directory.list()[0]?.status).toBe('unknown');
    clock.advance(2000);
    const [info] = await until(is('box', 'unreachable'));
    expect(info?.problem).toContain('did not answer within 2 s');
    await upstream.waitFor(({ outcome }) => outcome === 'aborted');
  });

  it('[LC-005] a program that starts on this machine is noticed within three seconds', async () => {
    const port = await closedPort();
    const { clock, until, asleep, lines } = open([openai('lm_studio', { host: `http://127.0.0.1:${port}/v1` }), DEMO]);
    await until(is('lm_studio', 'unreachable'));
    await asleep(3000);
    const late = await startUpstream({ port });
    clock.advance(3000);
    await until(is('lm_studio', 'ready'));
    expect(lines).toEqual(['lm_studio is ready']);
    await late.close();
    await asleep(15_000);
    clock.advance(15_000);
    await until(is('lm_studio', 'unreachable'));
  });

  it('[LC-005] probes rest after a minute without anyone who asks, and go on when somebody does', async () => {
    const { clock, until, asleep, directory } = open([openai(), DEMO]);
    await until(is('box', 'ready'));
    const asks = () => upstream.requests.length;
    for (let n = 0; n < 20; n += 1) {
      await asleep(15_000).then(() => clock.advance(15_000));
      await new Promise((resolve) => setImmediate(resolve));
      if (clock.sleeping().length === 0) break;
    }
    const before = asks();
    expect(before).toBeLessThan(8);
    directory.list();
    await upstream.waitFor(() => asks() > before);
  });

  it.each([
    ['html', 'unreachable', /web page \("Some other program"\)/],
    ['other', 'unreachable', /not as a model server does/],
    ['missing', 'unreachable', /not at this address \(404\)/],
    ['error', 'unreachable', /failed to answer \(500\)/],
    ['unauthorized', 'unauthorized', /needs an API key/],
  ] as const)('[LC-005] a listing that is "%s" makes the provider %s', async (listing, status, problem) => {
    upstream.listing = listing;
    const { until } = open([openai(), DEMO]);
    const [info] = await until(is('box', status));
    expect(info?.problem).toMatch(problem);
  });

  it('[LC-005] a remote provider without a key is unauthorized without a word to the network', () => {
    const { directory, clock } = open([
      openai('cloud', { host: 'https://api.no-such-host.invalid/v1', api_key: '' }),
      DEMO,
    ]);
    expect(directory.list()[0]).toMatchObject({ status: 'unauthorized', problem: expect.stringContaining('api_key') });
    expect(clock.sleeping()).toEqual([60_000]);
  });

  it.each([
    [{ host: 'not a url at all' }, /not a web address/],
    [{ host: undefined }, /no host/],
    [{ host: 'http://a:b@localhost' }, /password inside/],
  ])('[LC-011] settings that cannot work (%j) are a problem of that provider alone', async (config, problem) => {
    const { directory } = open([openai('bad', config), DEMO]);
    const [info] = directory.list();
    expect(info).toMatchObject({ status: 'unreachable', problem: expect.stringMatching(problem) });
    await expect(directory.models('bad', never())).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(summarize(await collect(directory.resolve('bad'), 'm')).end).toBe(
      'PROVIDER_UNREACHABLE never misconfigured',
    );
    expect(directory.resolve(undefined).id).toBe('demo');
  });

  it('[LC-005] the embedded engine, which is not included, says what to do instead and harms nobody', async () => {
    const { directory } = open([{ id: 'local', type: 'llama_cpp', default_model: 'model.gguf' }, DEMO]);
    const [info] = directory.list();
    expect(info).toMatchObject({
      type: 'llama_cpp',
      status: 'unreachable',
      problem: expect.stringMatching(/not part of this version.*llama-server.*type: openai.*8080\/v1/),
    });
    await expect(directory.models('local', never())).rejects.toThrow(/llama-server/);
    expect(summarize(await collect(directory.resolve('local'), 'm')).end).toBe(
      'PROVIDER_UNREACHABLE never not_included',
    );
    expect(directory.resolve(undefined).id).toBe('demo');
  });
});

describe('which provider answers', () => {
  it('[LC-010] the one that is named, or an error that lists those there are', () => {
    const { directory } = open([openai(), DEMO]);
    expect(directory.resolve('box').id).toBe('box');
    expect(() => directory.resolve('nobody')).toThrow(expect.objectContaining({ code: 'PROVIDER_NOT_FOUND' }));
    expect(() => directory.resolve('nobody')).toThrow(/box, demo/);
  });

  it('[LC-010] the default of the settings, ready or not; one that does not exist is passed over', async () => {
    const { directory } = open([DEMO, openai('other'), openai()], { default_provider: 'box' });
    expect(directory.resolve(undefined).id).toBe('box');
    const gone = open([DEMO, openai()], { default_provider: 'gone' });
    expect(gone.directory.resolve(undefined).id).toBe('demo');
    await gone.until(is('box', 'ready'));
    expect(gone.directory.resolve(undefined).id).toBe('box');
  });

  it('[LC-010] without a default and a demo the first; without any provider an error with the remedy', () => {
    expect(open([openai('a'), openai('b')]).directory.resolve(undefined).id).toBe('a');
    expect(() => open([]).directory.resolve(undefined)).toThrow(/Add one in settings/);
  });
});

describe('models', () => {
  it('[LC-005] are asked for now, and an unknown provider is PROVIDER_NOT_FOUND', async () => {
    const { directory, status } = open([openai()]);
    expect((await directory.models('box', never()))[0]?.id).toBe('ok');
    expect(status('box')).toBe('ready');
    await expect(directory.models('nobody', never())).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' });
  });

  it('[LC-014] the default model is the configured one, else the first listed, without asking twice', async () => {
    const { directory, until } = open([openai('set', { default_model: 'mine' }), openai()]);
    await until((list) => list.every(({ status }) => status === 'ready'));
    const before = upstream.requests.length;
    expect(await directory.defaultModel(directory.resolve('set'), never())).toBe('mine');
    expect(await directory.defaultModel(directory.resolve('box'), never())).toBe('ok');
    expect(upstream.requests.length).toBe(before);
  });

  it('[LC-014] a provider without models says how to get one', async () => {
    upstream.listing = 'empty';
    const { directory } = open([{ id: 'ollama', type: 'ollama', host: upstream.url }]);
    await expect(directory.defaultModel(directory.resolve('ollama'), never())).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('ollama pull'),
    });
  });

  it('[LC-014] the demo has a default model too', async () => {
    const { directory } = open([DEMO]);
    expect(await directory.defaultModel(directory.resolve('demo'), never())).toBe('demo');
  });
});

describe('new settings', () => {
  it('[LC-011] touch only the providers they change, and runs keep the one they have', async () => {
    const { directory, settingsOf, until, status } = open([openai('a'), openai('b'), DEMO]);
    await until((list) => list.every(({ status: now }) => now === 'ready'));
    const [a, b] = [directory.resolve('a'), directory.resolve('b')];
    directory.update(settingsOf([openai('b', { system_prompt: 'Be brief.' }), openai('a'), openai('c')]));
    expect(directory.list().map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(directory.resolve('a')).toBe(a);
    expect(status('a')).toBe('ready');
    expect(directory.resolve('b')).not.toBe(b);
    expect(directory.resolve('b').system_prompt).toBe('Be brief.');
    expect(() => directory.resolve('demo')).toThrow(/no provider/);
    expect(summarize(await collect(b, 'ok?tokens=1')).end).toBe('finish stop');
    await until((list) => list.every(({ status: now }) => now === 'ready'));
  });

  it('[LC-011] new limits are in force for new answers', async () => {
    const { directory, settingsOf } = open([openai('a')]);
    directory.update(settingsOf([openai('a')], { limits: { idle_ms: 100 } }));
    expect(summarize(await collect(directory.resolve('a'), 'u5-silence')).end).toContain('idle_timeout');
  });

  it('[LC-011] the probes of a provider that is gone end', async () => {
    const { directory, settingsOf, until, asleep, clock } = open([openai('a')]);
    await until(is('a', 'ready'));
    await asleep(15_000);
    directory.update(settingsOf([]));
    expect(clock.sleeping()).toEqual([]);
    expect(directory.list()).toEqual([]);
  });

  it('[LC-011] closing leaves nothing behind', async () => {
    const { directory, until, asleep, clock } = open([openai('a')]);
    await until(is('a', 'ready'));
    await asleep(15_000);
    directory.close();
    expect(clock.sleeping()).toEqual([]);
  });
});
