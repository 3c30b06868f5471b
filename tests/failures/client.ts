/** Calls that expect anything but silence: an answer, an error in the one shape, or a connection that ends. */
import { type ChatEvent, errorBodySchema } from '@lightchat/protocol';
import { createParser } from 'eventsource-parser';

export interface Answer {
  /** 0 when the connection broke before there was one. */
  status: number;
  json: Record<string, unknown>;
  headers: Headers;
}

export interface Streamed {
  status: number;
  json: Record<string, unknown>;
  events: { id: string; event: string; data: string }[];
}

const PATIENCE_MS = 20_000;

/** Rejects when there is no answer in time, or one that is not what an error must be. */
export async function call(url: string, method: string, body?: unknown, headers = {}): Promise<Answer> {
  const answer = await send(url, method, body, headers);
  if (!answer) return { status: 0, json: {}, headers: new Headers() };
  const text = await answer.text().catch(() => undefined);
  if (text === undefined) return { status: 0, json: {}, headers: answer.headers };
  return { status: answer.status, json: understood(url, answer.status, text), headers: answer.headers };
}

/** Reads events until the connection ends, in whatever way, or until the viewer leaves. */
export async function stream(
  url: string,
  method: string,
  { body, headers = {}, leaveAfterMs }: { body?: unknown; headers?: object; leaveAfterMs?: number | undefined } = {},
): Promise<Streamed> {
  const events: Streamed['events'] = [];
  const leaving = leaveAfterMs === undefined ? undefined : AbortSignal.timeout(leaveAfterMs);
  const answer = await send(url, method, body, headers, leaving);
  if (!answer) return { status: 0, json: {}, events };
  if (answer.status !== 200) return { status: answer.status, json: await bodyOf(url, answer), events };
  const parser = createParser({ onEvent: ({ id = '', event = '', data }) => events.push({ id, event, data }) });
  try {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  } catch (error) {
    if (!leaving?.aborted) refuseSilence(url, error);
  }
  return { status: 200, json: {}, events };
}

/** Everything of a run, once it has ended; comes back as often as the connection breaks. */
export async function wholeLog(url: string, runId: string): Promise<ChatEvent[]> {
  for (let tries = 0; tries < 5; tries += 1) {
    const { events } = await stream(`${url}/runs/${runId}/events`, 'GET');
    if (events.at(-1)?.event === 'run-finished') return events.map(({ data }) => JSON.parse(data) as ChatEvent);
  }
  throw new Error(`run ${runId} has no end`);
}

async function send(
  url: string,
  method: string,
  body: unknown,
  headers: object,
  leaving?: AbortSignal,
): Promise<Response | undefined> {
  const init: RequestInit = {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    signal: leaving ?? AbortSignal.timeout(PATIENCE_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  return fetch(url, init).catch((error: unknown) => (leaving?.aborted ? undefined : refuseSilence(url, error)));
}

function refuseSilence(url: string, error: unknown): undefined {
  if ((error as Error).name === 'TimeoutError') throw new Error(`${url} hangs`);
  return undefined;
}

async function bodyOf(url: string, answer: Response): Promise<Record<string, unknown>> {
  const text = await answer.text().catch(() => undefined);
  return text === undefined ? {} : understood(url, answer.status, text);
}

function understood(url: string, status: number, text: string): Record<string, unknown> {
  const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  if (status < 400) return json;
  const { error_code, message } = errorBodySchema.parse(json);
  if (error_code === 'INTERNAL') throw new Error(`${url} does not know its own failure: ${text}`);
  if (message.length < 10) throw new Error(`${url} says too little: ${text}`);
  return json;
}
