/** The scripted upstream: an OpenAI-compatible server and an Ollama in one, that does what it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dialect } from './dialect.ts';
import { embeddings } from './embeddings.ts';
import { type Listing, ollamaPs, ollamaShow, ollamaTags, openaiModels } from './models.ts';
import { scenarioOf, scenarios } from './scenarios.ts';
import { type ChatBody, Stage } from './stage.ts';

/** One request as it arrived, and what became of it. */
export interface RecordedRequest {
  method: string;
  path: string;
  /** Lower-case names. */
  headers: IncomingMessage['headers'];
  /** Parsed when it was JSON. */
  body: unknown;
  /** The whole model id, and the scenario it names; empty when the request was not about a model. */
  model: string;
  scenario: string;
  /** `aborted`: the client hung up before the answer was complete. */
  outcome: 'open' | 'answered' | 'aborted';
  /** Whether the answer waits for the client to read. */
  blocked: boolean;
}

export interface UpstreamOptions {
  port?: number;
  /** When set, every other key is refused with 401. */
  api_key?: string;
}

export interface Upstream {
  /** Root, for Ollama. */
  url: string;
  /** With `/v1`, for OpenAI-compatible clients. */
  openai_url: string;
  port: number;
  /** In order of arrival. */
  requests: RecordedRequest[];
  /** How listings are answered from now on. */
  listing: Listing;
  /** Model ids that listings name: every scenario, unless a test puts others there, with parameters maybe. */
  models: string[];
  /** Models that `/api/ps` calls loaded. */
  loaded: Set<string>;
  /** Requests for this scenario. */
  count(scenario: string): number;
  /** Resolves with the first request, past or coming, for which `test` holds. Rejects after `ms` (5000). */
  waitFor(test: (request: RecordedRequest) => boolean, ms?: number): Promise<RecordedRequest>;
  /** Forgets the requests and the turns of the scenarios. */
  reset(): void;
  close(): Promise<void>;
}

export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const turns = new Map<string, number>();
  const watchers = new Set<() => void>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  // Fixed: a proxy or client that keeps connections open must not keep a test waiting.
  server.keepAliveTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  const upstream: Upstream = {
    url: `http://127.0.0.1:${port}`,
    openai_url: `http://127.0.0.1:${port}/v1`,
    port,
    requests: [],
    listing: 'ok',
    models: Object.keys(scenarios),
    loaded: new Set(),
    count: (scenario) => upstream.requests.filter((request) => request.scenario === scenario).length,
    waitFor(test, ms = 5000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = upstream.requests.find(test);
          if (!found) return;
          clearTimeout(timer);
          watchers.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          watchers.delete(look);
          reject(new Error(`the scripted upstream saw no such request within ${ms} ms`));
        }, ms);
        watchers.add(look);
        look();
      });
    },
    reset() {
      upstream.requests.length = 0;
      turns.clear();
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/requests') return control(request, response);
    const record: RecordedRequest = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: undefined,
      model: '',
      scenario: '',
      outcome: 'open',
      blocked: false,
    };
    const gone = new AbortController();
    response.on('close', () => {
      record.outcome = response.writableFinished ? 'answered' : 'aborted';
      gone.abort();
      changed();
    });
    record.body = await readBody(request);
    const model = (record.body as ChatBody | undefined)?.model;
    if (typeof model === 'string') record.model = model;
    record.scenario = scenarioOf(record.model);
    upstream.requests.push(record);
    changed();
    if (gone.signal.aborted) return;

    if (options.api_key && request.headers.authorization !== `Bearer ${options.api_key}`) {
      const given = request.headers.authorization?.replace('Bearer ', '') ?? '';
      const message = `Incorrect API key provided: ${given}.`;
      json(response, 401, {
        error: { message, type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
      });
      return;
    }
    const embed = embeddings[path];
    if (embed) return json(response, 200, embed((record.body ?? {}) as ChatBody));
    const dialect = CHAT[path];
    if (!dialect) return list(path, response);
    const scenario = scenarios[record.scenario];
    if (!scenario) return json(response, 404, { error: `model '${record.model}' not found` });
    const turn = (turns.get(record.model) ?? 0) + 1;
    turns.set(record.model, turn);
    const body = record.body as ChatBody;
    const onBlocked = (blocked: boolean) => {
      record.blocked = blocked;
      changed();
    };
    await scenario.play(new Stage({ dialect, body, turn, response, gone: gone.signal, onBlocked }));
    if (!gone.signal.aborted) upstream.loaded.add(record.model);
  }

  function list(path: string, response: ServerResponse): void {
    const mode = path === '/v1/models' || path === '/api/tags' ? upstream.listing : 'ok';
    if (mode === 'hang') return;
    if (mode === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Some other program</title>');
      return;
    }
    const [status, value] = document(path, mode);
    json(response, status, value);
  }

  function document(path: string, mode: Listing): [number, object] {
    if (mode === 'empty') return [200, { data: [], models: [] }];
    if (mode === 'other') return [200, { hello: 'this is some other program' }];
    if (mode === 'unauthorized') return [401, { error: { message: 'no key', code: 'invalid_api_key' } }];
    if (mode === 'error') return [500, { error: 'broken' }];
    const make = DOCUMENTS[path];
    return make && mode === 'ok' ? [200, make(upstream)] : [404, { error: 'page not found' }];
  }

  /** For tests in another process: GET reads the requests, DELETE forgets them. */
  function control(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'DELETE') upstream.reset();
    json(response, 200, { requests: upstream.requests });
  }

  function changed(): void {
    for (const look of [...watchers]) look();
  }

  return upstream;
}

const DOCUMENTS: Record<string, (upstream: Upstream) => object> = {
  '/v1/models': ({ models }) => openaiModels(models),
  '/api/tags': ({ models }) => ollamaTags(models),
  '/api/show': ollamaShow,
  '/api/ps': ({ loaded }) => ollamaPs(loaded),
  '/api/version': () => ({ version: '0.0.0-scripted' }),
};

const CHAT: Record<string, Dialect> = { '/v1/chat/completions': 'openai', '/api/chat': 'ollama' };

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function readBody(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      // This scenario answers before it has read the request; what comes of that later is let through.
      const early = chunks.length === 0 && /"model":"(u30-[^"]*)"/.exec(chunk.toString('latin1', 0, 200));
      if (early) resolve({ model: early[1] });
      chunks.push(chunk);
    });
    request.on('end', () => resolve(parsed(Buffer.concat(chunks).toString('utf8'))));
    request.on('error', reject);
  });
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
