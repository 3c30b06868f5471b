/**
 * The providers in force. Their status is kept by probes in the background, so that asking for it never
 * waits for anybody; and changes of the settings touch only the providers they change.
 */
import { AppError, type ModelInfo, type ProviderConfig, type ProviderInfo, type Settings } from '@lightchat/protocol';
import type { Clock, LLMProvider, Logger, ProviderDirectory } from '../engine/ports.ts';
import { chooseModel } from './choose-model.ts';
import { type CreatedProvider, createProvider } from './create-provider.ts';
import { createUpstreamHttp } from './kit/upstream-http.ts';
import { type Finding, findingOf, probe } from './probe.ts';

export interface DirectoryOptions {
  settings: Settings;
  /** A status, a problem or a list of models changed. */
  onChange(): void;
  logger: Logger;
  clock: Clock;
}

export interface WatchedDirectory extends ProviderDirectory {
  /** In the order of the settings. Never waits. Being asked keeps the probes going for a minute. */
  list(): ProviderInfo[];
  /** Asks the provider now. Rejects with PROVIDER_NOT_FOUND, or like `listModels`. */
  models(id: string, signal: AbortSignal): Promise<ModelInfo[]>;
  /** Runs keep the provider they have; a provider whose settings did not change stays as it is. */
  update(settings: Settings): void;
  /** Ends the probes and all connections. */
  close(): void;
}

/** Pauses between probes. A program that starts on this machine is noticed within the first. */
const LOOPBACK_AWAY_MS = 3000;
const LOOPBACK_READY_MS = 15_000;
const REMOTE_MS = 60_000;
/** Without anyone who asks, probes rest. */
const INTEREST_MS = 60_000;
/** How long a list over all providers waits for one that was never asked. */
const FIRST_LISTING_MS = 1000;

interface Entry extends CreatedProvider {
  config: ProviderConfig;
  /** Settings and limits it was made from, as text. */
  made_from: string;
  finding: Finding;
  stop: AbortController;
}

export function createProviderDirectory({ settings, onChange, logger, clock }: DirectoryOptions): WatchedDirectory {
  const http = createUpstreamHttp();
  let current = settings;
  let entries = new Map<string, Entry>();
  let askedAt = clock.monotonic();
  let interest = Promise.withResolvers<void>();

  function apply(next: Settings): void {
    current = next;
    const old = entries;
    entries = new Map();
    for (const config of next.providers) {
      if (entries.has(config.id)) continue;
      const made_from = JSON.stringify([config, next.limits]);
      const same = old.get(config.id);
      entries.set(config.id, same?.made_from === made_from ? same : open(config, made_from, next));
    }
    for (const entry of old.values()) if (entries.get(entry.config.id) !== entry) entry.stop.abort();
  }

  function open(config: ProviderConfig, made_from: string, { limits }: Settings): Entry {
    const created = createProvider(config, { http, limits, clock });
    const entry: Entry = {
      ...created,
      config,
      made_from,
      finding: firstFinding(config, created),
      stop: new AbortController(),
    };
    if (entry.watching !== 'never') void watch(entry);
    return entry;
  }

  async function watch(entry: Entry): Promise<void> {
    const { signal } = entry.stop;
    while (!signal.aborted) {
      // Without a key a remote provider is left alone, unless it turned out to need none.
      if (entry.watching !== 'on-request' || entry.finding.status === 'ready') {
        const finding = await probe(entry.provider, clock, signal);
        if (finding) learn(entry, finding);
      }
      await clock.sleep(pauseOf(entry), signal);
      if (clock.monotonic() - askedAt > INTEREST_MS && !signal.aborted) await somebodyAsks(signal);
    }
  }

  async function somebodyAsks(signal: AbortSignal): Promise<void> {
    const stopped = Promise.withResolvers<void>();
    const stop = () => stopped.resolve();
    signal.addEventListener('abort', stop, { once: true });
    await Promise.race([interest.promise, stopped.promise]);
    signal.removeEventListener('abort', stop);
  }

  function learn(entry: Entry, finding: Finding): void {
    const before = entry.finding;
    const after = { ...finding, models: finding.models ?? before.models };
    if (entries.get(entry.config.id) !== entry || JSON.stringify(before) === JSON.stringify(after)) return;
    entry.finding = after;
    if ((before.status === 'ready') !== (after.status === 'ready')) {
      logger.write({
        role: 'system',
        event_type: 'provider_status',
        content: after.problem ?? `${nameOf(entry)} is ready`,
        provider_id: entry.config.id,
      });
    }
    onChange();
  }

  function defaultEntry(): Entry | undefined {
    const chosen = current.default_provider === null ? undefined : entries.get(current.default_provider);
    const all = [...entries.values()];
    return (
      chosen ??
      all.find(({ config, finding }) => config.type !== 'demo' && finding.status === 'ready') ??
      all.find(({ config }) => config.type === 'demo') ??
      all[0]
    );
  }

  function find(id: string | undefined): Entry {
    const entry = id === undefined ? defaultEntry() : entries.get(id);
    if (entry) return entry;
    if (id === undefined) {
      throw new AppError('PROVIDER_NOT_FOUND', 'There is no provider. Add one in settings.yaml.', { details: {} });
    }
    const known = [...entries.keys()];
    const message = `There is no provider with this id. Known are: ${known.join(', ') || 'none'}.`;
    throw new AppError('PROVIDER_NOT_FOUND', message, { details: { provider_id: id, known } });
  }

  async function ask(entry: Entry, signal: AbortSignal): Promise<ModelInfo[]> {
    try {
      const models = await entry.provider.listModels(signal);
      if (entry.watching !== 'never') learn(entry, { status: 'ready', models });
      return models;
    } catch (error) {
      if (!signal.aborted && entry.watching !== 'never') learn(entry, findingOf(error));
      throw error;
    }
  }

  /** From the last listing; a provider that was never asked is asked now, and may take a second. */
  async function modelsOf(entry: Entry, signal: AbortSignal): Promise<{ provider: LLMProvider; model: ModelInfo }[]> {
    const { provider, finding, watching } = entry;
    let models = finding.models;
    if (!models && (watching === 'never' || finding.status === 'unknown')) {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(FIRST_LISTING_MS)]);
      models = await ask(entry, patience).catch(() => undefined);
    }
    if (entry.finding.status === 'unreachable') return [];
    return (models ?? []).map((model) => ({ provider, model }));
  }

  apply(settings);
  return {
    resolve: (id) => find(id).provider,
    has: (id) => entries.has(id),

    async defaultModel(provider: LLMProvider, signal) {
      if (provider.default_model) return provider.default_model;
      const entry = entries.get(provider.id);
      const listed = entry?.provider === provider ? entry : undefined;
      const models = listed?.finding.models?.length
        ? listed.finding.models
        : await (listed ? ask(listed, signal) : provider.listModels(signal));
      const model = chooseModel(models);
      if (model) return model;
      const remedy = provider.type === 'ollama' ? 'Fetch one with "ollama pull llama3.2".' : 'Load one there first.';
      throw new AppError('MODEL_NOT_FOUND', `The provider "${provider.id}" has no models yet. ${remedy}`, {
        details: { provider_id: provider.id },
      });
    },

    async knownModels(signal) {
      const known = await Promise.all([...entries.values()].map((entry) => modelsOf(entry, signal)));
      return known.flat();
    },

    list() {
      askedAt = clock.monotonic();
      interest.resolve();
      interest = Promise.withResolvers();
      const chosen = defaultEntry();
      return [...entries.values()].map((entry) => ({
        id: entry.config.id,
        name: nameOf(entry),
        type: entry.config.type,
        status: entry.finding.status,
        default: entry === chosen,
        ...(entry.finding.problem === undefined ? {} : { problem: entry.finding.problem }),
      }));
    },

    models: async (id, signal) => ask(find(id), signal),
    update: apply,

    close() {
      for (const entry of entries.values()) entry.stop.abort();
      void http.destroy();
    },
  };
}

function firstFinding(config: ProviderConfig, { watching, problem }: CreatedProvider): Finding {
  if (problem !== undefined) return { status: 'unreachable', problem };
  if (watching === 'on-request') {
    const name = config.name ?? config.id;
    return { status: 'unauthorized', problem: `No API key is set for ${name}. Set api_key in settings.` };
  }
  return { status: watching === 'never' ? 'ready' : 'unknown' };
}

function nameOf({ config }: Entry): string {
  return config.name ?? config.id;
}

function pauseOf({ watching, finding }: Entry): number {
  if (watching !== 'loopback') return REMOTE_MS;
  return finding.status === 'ready' ? LOOPBACK_READY_MS : LOOPBACK_AWAY_MS;
}
