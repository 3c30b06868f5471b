/** The real app on a real port, over the real store, with a scripted provider. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Settings, settingsSchema } from '@lightchat/protocol';
import { type ChatEngine, createChatEngine } from '../../engine/chat-engine.ts';
import {
  directoryOf,
  type Script,
  type ScriptedProvider,
  scriptedProvider,
} from '../../engine/testing/scripted-provider.ts';
import { createJsonlLog } from '../../logging/jsonl-log.ts';
import { openSettings } from '../../settings/settings-store.ts';
import { openSqliteStore } from '../../store/sqlite/index.ts';
import { createChangeFeed } from '../../system/changes.ts';
import { systemClock } from '../../system/clock.ts';
import { systemIds } from '../../system/ids.ts';
import { createApp } from '../app.ts';

export interface Served {
  url: string;
  port: number;
  engine: ChatEngine;
  provider: ScriptedProvider;
  /** `METHOD /pattern` of every route. */
  routes: { method: string; url: string }[];
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Folder with a page; absent: there is none. */
  pageFolder?: string;
}

export async function serve(
  scripts: Script[],
  overrides: Partial<Settings> = {},
  options: ServeOptions = {},
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'lightchat-http-'));
  const store = openSqliteStore(folder);
  const provider = scriptedProvider(...scripts);
  const settings = settingsSchema.parse(overrides);
  const settingsStore = await openSettings({ dir: folder, env: {}, onWarning: () => {} });
  const log = createJsonlLog({
    dir: join(folder, 'logs'),
    enabled: true,
    maxFiles: 2,
    maxBytes: 1_000_000,
    secrets: () => [],
    onWarning: () => {},
  });
  const changes = createChangeFeed();
  const engine = createChatEngine({
    clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) },
    ids: systemIds,
    logger: log,
    changes,
    providers: directoryOf(provider),
    runs: store.runs,
    conversations: store.conversations,
    usage: store.usage,
    settings: () => settings,
  });
  const surface = { engine, limits: () => settings.limits };
  const routes: Served['routes'] = [];
  const app = await createApp({
    logger: log,
    newRequestId: () => systemIds.create('req'),
    guardRules: (port) => ({ port, corsOrigins: settings.cors_origins }),
    health: { version: '0.0.0-test', configError: () => undefined, isReady: () => true },
    providers: { list: () => [], models: () => provider.listModels(new AbortController().signal) },
    sessions: {
      ...surface,
      conversations: store.conversations,
      names: store.names,
      changes,
      clock: systemClock,
      ids: systemIds,
    },
    openai: { ...surface, providers: directoryOf(provider), clock: systemClock },
    changes: { ...surface, subscribe: changes.subscribe },
    config: { settings: settingsStore },
    logs: { log },
    usage: { usage: store.usageReader, clock: systemClock },
    pageFolder: options.pageFolder ?? join(folder, 'no-page'),
    onRoute: (method, url) => void routes.push({ method, url }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    engine,
    provider,
    routes,
    async close() {
      await engine.drain(0);
      await app.close();
      await settingsStore.close();
      await log.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RawAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A request with exactly these headers: fetch would set Host and Origin by itself. */
export function rawRequest(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | string[]> | string[],
  body?: string | Buffer,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', method, path, headers, setHost: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        // Streams do not end by themselves; their head is what is looked at.
        if (response.headers['content-type']?.startsWith('text/event-stream')) finish();
      });
      response.on('end', finish);
      response.on('error', finish);
      function finish() {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        request.destroy();
      }
    });
    request.on('error', reject);
    // Node sends the body of a DELETE without a length unless told.
    if (body !== undefined && !Array.isArray(headers)) request.setHeader('content-length', Buffer.byteLength(body));
    request.end(body);
  });
}

/** The events of a whole event stream. */
export function parseSse(text: string): { id?: string; event?: string; data: string }[] {
  return text
    .split('\n\n')
    .map((block) => {
      const event: { id?: string; event?: string; data: string } = { data: '' };
      for (const line of block.split('\n')) {
        if (line.startsWith('id: ')) event.id = line.slice(4);
        if (line.startsWith('event: ')) event.event = line.slice(7);
        if (line.startsWith('data: ')) event.data += line.slice(6);
      }
      return event;
    })
    .filter(({ data }) => data !== '');
}
