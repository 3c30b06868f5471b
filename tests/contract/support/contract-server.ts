/** One server in front of one scripted upstream, and the few calls that every test of the contract makes. */
import { startServer, type TestServer } from '../../server/start-server.ts';
import { startUpstream, type Upstream } from '../../upstream/index.ts';
import { type EventStream, type Json, openStream } from './event-stream.ts';

/** Must never be seen again in anything the server says or writes. */
export const CANARY = 'sk-canary-5f2e9a7c41d8';

export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed body; undefined when there is none. */
  json: Json;
  text: string;
}

export interface Calls {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Opens a stream by GET. */
  follow(path: string, headers?: Record<string, string>): Promise<EventStream>;
  /** Opens a stream by POST. */
  stream(path: string, body: unknown, headers?: Record<string, string>): Promise<EventStream>;
  /** Starts a run of a scenario and answers it, running. */
  start(model_id: string, more?: Json): Promise<Json & { id: string }>;
  /** The run, once it has ended. */
  ended(run_id: string): Promise<Json>;
  /** The text of a message as it is stored. */
  storedText(conversation_id: unknown, message_id: unknown): Promise<string>;
}

export interface ContractServer extends Calls {
  readonly server: TestServer;
  readonly upstream: Upstream;
  stop(): Promise<void>;
}

export interface Options {
  /** Lines of settings.yaml before the providers. */
  settings?: string;
  /** More list items under `providers`. */
  providers?: string;
  env?: Record<string, string>;
  /** What the upstream lists, from before the server first asks. Absent: every scenario. */
  models?: string[];
}

/** Providers `up` (OpenAI dialect, with a key), `lama` (Ollama dialect) and `demo`. */
export async function startContractServer(options: Options = {}): Promise<ContractServer> {
  const upstream = await startUpstream();
  if (options.models) upstream.models = options.models;
  const settingsYaml = `${options.settings ?? 'retry: { attempts: 1, delay_ms: 20 }'}
providers:
  - { id: up, type: openai, host: "${upstream.openai_url}", api_key: ${CANARY}, system_prompt: From the settings. }
  - { id: lama, type: ollama, host: "${upstream.url}" }
  - { id: demo, type: demo }
${options.providers ?? ''}`;
  const server = await startServer({ settingsYaml, ...(options.env ? { env: options.env } : {}) }).catch(
    async (error: unknown) => {
      await upstream.close();
      throw error;
    },
  );
  return {
    ...callsTo(server),
    server,
    upstream,
    async stop() {
      await server.stop();
      await upstream.close();
    },
  };
}

/** The same calls to a server that a test has started by itself. */
export function callsTo(server: { readonly url: string }): Calls {
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(server.url + path, request(method, body, headers));
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, text, json: (isJson ? JSON.parse(text) : {}) as Json };
  };
  const post = (path: string, body?: unknown, headers?: Record<string, string>) => call('POST', path, body, headers);
  const get = (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers);
  return {
    call,
    post,
    get,
    follow: (path: string, headers: Record<string, string> = {}) => openStream(server.url + path, { headers }),
    stream: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      openStream(server.url + path, request('POST', body, headers)),
    async start(model_id: string, more: Json = {}) {
      const { status, json, text } = await post('/runs', { prompt: 'Go.', provider_id: 'up', model_id, ...more });
      if (status !== 202) throw new Error(`the run was not started: ${status} ${text}`);
      return json as Json & { id: string };
    },
    async ended(run_id: string) {
      await (await openStream(`${server.url}/runs/${run_id}/events`)).rest();
      return (await get(`/runs/${run_id}`)).json;
    },
    async storedText(conversation_id: unknown, message_id: unknown) {
      const { json } = await get(`/api/chat/sessions/${conversation_id}/messages`);
      const message = (json.items as Json[]).find(({ id }) => id === message_id);
      const parts = (message?.parts ?? []) as { type: string; text?: string }[];
      return parts.map(({ type, text }) => (type === 'text' ? text : '')).join('');
    },
  };
}

function request(method: string, body: unknown, headers: Record<string, string>): RequestInit {
  const isWrite = method !== 'GET' && method !== 'HEAD';
  const all = isWrite ? { 'content-type': 'application/json', ...headers } : headers;
  return body === undefined ? { method, headers: all } : { method, headers: all, body: JSON.stringify(body) };
}

/** Resolves when `test` holds; rejects with what was last seen after `ms`. */
export async function until<T>(look: () => Promise<T>, test: (value: T) => boolean, ms = 10_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const value = await look();
    if (test(value)) return value;
    if (performance.now() > end) throw new Error(`still ${JSON.stringify(value)} after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
