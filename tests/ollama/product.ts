/** The whole product as a child process, and the few ways these tests talk to it. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { startServer, type TestServer } from '../server/start-server.ts';
import { brief } from './toy-models.ts';

export interface SseEvent {
  /** `message` for an unnamed one. */
  event: string;
  id: string | undefined;
  data: Record<string, unknown>;
}

/** Settings with one real provider, in both of its dialects, and the scripted one. */
export function settingsFor(ollamaUrl: string): string {
  return `default_provider: null
retry: { attempts: 0 }
providers:
  - id: ollama
    type: ollama
    host: ${ollamaUrl}
    name: Real Ollama
    default_model: ${brief.name}
  - id: compatible
    type: openai
    host: ${ollamaUrl}/v1
  - id: demo
    type: demo
`;
}

export function startProduct(ollamaUrl: string): Promise<TestServer> {
  return startServer({ settingsYaml: settingsFor(ollamaUrl) });
}

export function post(server: TestServer, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

export async function postJson(server: TestServer, path: string, body: unknown): Promise<Record<string, unknown>> {
  return (await post(server, path, body)).json();
}

export async function getJson<T>(server: TestServer, path: string): Promise<T> {
  return (await fetch(`${server.url}${path}`)).json();
}

/** Events as they arrive. Leaving the loop closes the connection. */
export async function* readSse(response: Response): AsyncGenerator<SseEvent> {
  if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event = 'message', id, data } of events) yield { event, id, data: JSON.parse(data) };
}

export async function allEvents(response: Response): Promise<SseEvent[]> {
  const events: SseEvent[] = [];
  for await (const event of readSse(response)) events.push(event);
  return events;
}

/** The tokens of `POST /chat`, joined. */
export function spoken(events: readonly SseEvent[]): string {
  return events.map(({ event, data }) => (event === 'message' ? data.token : '')).join('');
}

/** The text of canonical events, as `GET /runs/{id}/events` sends them. */
export function writtenText(events: readonly SseEvent[]): string {
  return events.map(({ data }) => (data.type === 'text-delta' ? data.text : '')).join('');
}
