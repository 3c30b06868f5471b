/** The only file that names every part: opens them in order, introduces them, and closes them in reverse. */
import type { FastifyInstance } from 'fastify';
import { type ChatEngine, createChatEngine } from './engine/chat-engine.ts';
import { emptyTrash } from './engine/empty-trash.ts';
import { createApp } from './http/app.ts';
import { createJsonlLog } from './logging/jsonl-log.ts';
import { createProviderDirectory } from './providers/directory.ts';
import type { Folders } from './settings/folders.ts';
import { openSettings } from './settings/settings-store.ts';
import { openSqliteStore } from './store/sqlite/index.ts';
import { createChangeFeed } from './system/changes.ts';
import { systemClock } from './system/clock.ts';
import { systemIds } from './system/ids.ts';

export interface ComposeOptions {
  version: string;
  folders: Folders;
  env: NodeJS.ProcessEnv;
  /** Folder with the built page. */
  pageFolder: string;
  /** A sentence for the person at the terminal. */
  say(text: string): void;
}

export interface LightChat {
  app: FastifyInstance;
  engine: ChatEngine;
  /**
   * Takes no new runs, lets the running ones go on for `graceMs`, settles the rest, closes everything.
   * Calling it again while it waits ends the wait.
   */
  stop(graceMs: number): Promise<void>;
}

/** Throws StoreRefusal when the database cannot be used. Everything else that is wrong is lived with and said. */
export async function compose(options: ComposeOptions): Promise<LightChat> {
  const { folders, env, say, version } = options;
  const changes = createChangeFeed();
  const owner = 'local';
  const tellPages = () => changes.publish(owner, { type: 'settings-changed' });
  const settings = await openSettings({ dir: folders.config, env, onWarning: say, onFault: tellPages });
  const log = createJsonlLog({
    dir: settings.current().log_dir ?? folders.logs,
    enabled: settings.current().logging_enabled,
    maxFiles: settings.current().logging.max_files,
    maxBytes: settings.current().logging.max_bytes,
    secrets: () => settings.secrets(),
    onWarning: say,
  });
  const store = openSqliteStore(folders.data);
  for (const snapshot of store.snapshots) say(`Before updating the database a copy was made: ${snapshot}`);
  const dead = await store.runs.settleDead(systemClock.now());
  if (dead > 0) say(`${dead} unfinished ${dead === 1 ? 'answer was' : 'answers were'} kept as interrupted.`);

  const providers = createProviderDirectory({
    settings: settings.current(),
    onChange: () => changes.publish(owner, { type: 'providers-changed' }),
    logger: log,
    clock: systemClock,
  });
  settings.subscribe((current) => {
    providers.update(current);
    log.configure({
      dir: current.log_dir ?? folders.logs,
      enabled: current.logging_enabled,
      maxFiles: current.logging.max_files,
      maxBytes: current.logging.max_bytes,
    });
    log.write({ role: 'system', event_type: 'config_loaded', content: 'Settings are in force' });
    tellPages();
  });
  const engine = createChatEngine({
    clock: systemClock,
    ids: systemIds,
    logger: log,
    changes,
    providers,
    runs: store.runs,
    conversations: store.conversations,
    usage: store.usage,
    settings: () => settings.current(),
  });

  const closing = new AbortController();
  const emptying = emptyTrash({ clock: systemClock, trash: store.trash, logger: log }, closing.signal);

  let stopping: { now(): void; done: Promise<void> } | undefined;
  const surface = { engine, limits: () => settings.current().limits };
  const app = await createApp({
    logger: log,
    newRequestId: () => systemIds.create('req'),
    guardRules: (port) => ({ port, corsOrigins: settings.current().cors_origins }),
    health: { version, configError: () => settings.error(), isReady: () => stopping === undefined },
    providers,
    sessions: {
      ...surface,
      conversations: store.conversations,
      names: store.names,
      changes,
      clock: systemClock,
      ids: systemIds,
    },
    openai: { ...surface, providers, clock: systemClock },
    changes: { ...surface, subscribe: changes.subscribe },
    config: { settings },
    logs: { log },
    usage: { usage: store.usageReader, clock: systemClock },
    pageFolder: options.pageFolder,
  });
  log.write({ role: 'system', event_type: 'started', content: `LightChat ${version} started` });

  async function close(graceMs: number, cut: Promise<void>): Promise<void> {
    await Promise.race([engine.drain(graceMs), cut]);
    await engine.drain(0);
    await app.close();
    providers.close();
    await settings.close();
    closing.abort();
    await emptying;
    await store.close();
    log.write({ role: 'system', event_type: 'stopped', content: 'LightChat stopped' });
    await log.close();
  }

  return {
    app,
    engine,
    stop(graceMs) {
      if (stopping) {
        stopping.now();
        return stopping.done;
      }
      const { promise: cut, resolve: now } = Promise.withResolvers<void>();
      stopping = { now, done: Promise.resolve() };
      stopping.done = close(graceMs, cut);
      return stopping.done;
    },
  };
}
