/** Sends requests that nobody would send to a real server, and looks at every answer. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneOf, type Random, seeded } from '../seeded/random.ts';
import { startServer, type TestServer } from '../server/start-server.ts';
import { startUpstream } from '../upstream/index.ts';
import type { Making } from './from-schema.ts';
import { type FuzzRequest, readOperations, requestFor } from './requests.ts';

export interface FuzzReport {
  requests: number;
  operations: number;
  /** Answers by status. */
  statuses: Record<string, number>;
}

/** Keys that no answer, stream, line of the log or word on the terminal may ever have. */
const CANARIES = ['sk-canary-written-5f2e9a7c41d8', 'sk-canary-environment-91c0b7d2e6'] as const;
const AT_ONCE = 8;
const STREAM_FOR_MS = 60;
const PATIENCE_MS = 20_000;
const MOST_IDS = 60;

/** Throws at the first answer that is not as it must be, with the request and the seed. */
export async function fuzz(count: number, seed: number): Promise<FuzzReport> {
  const upstream = await startUpstream();
  const settingsYaml = `retry: { attempts: 0 }
providers:
  - { id: up, type: openai, host: "${upstream.openai_url}", api_key: ${CANARIES[0]} }
  - { id: lama, type: ollama, host: "${upstream.url}", api_key: "\${CANARY_KEY}" }
  - { id: demo, type: demo }
`;
  const server = await startServer({ settingsYaml, env: { CANARY_KEY: CANARIES[1] } });
  const { pid } = server;
  const random = seeded(seed);
  const { operations, resolve } = await readOperations(server.url);
  const ids = ['up', 'demo', 'ok?tokens=3', 'up/ok?tokens=3'];
  const making: Making = { random, resolve, known: knownFields(upstream.openai_url, ids), wildness: 0 };
  const report: FuzzReport = { requests: 0, operations: operations.length, statuses: {} };

  async function one(): Promise<void> {
    making.wildness = random() < 0.4 ? 0 : random();
    const operation = operations[report.requests % operations.length] ?? operations[0];
    const request = requestFor(operation, making, ids);
    report.requests += 1;
    try {
      const { status, text } = await ask(server.url, request);
      report.statuses[status] = (report.statuses[status] ?? 0) + 1;
      remember(ids, text);
      if (request.path === '/config' && request.method === 'PUT' && status === 200) await restore();
    } catch (error) {
      throw new Error(`seed ${seed}: ${JSON.stringify(request)}\n${(error as Error).message}`, { cause: error });
    }
  }

  /** By hand, because a document with masked secrets cannot bring a provider back. */
  async function restore(): Promise<void> {
    await writeFile(join(server.dirs.config, 'settings.yaml'), settingsYaml);
    const until = performance.now() + PATIENCE_MS;
    for (let known = 0; known !== 3; await sleep(20)) {
      if (performance.now() > until) throw new Error('settings written by hand are not in force');
      known = ((await (await fetch(`${server.url}/providers`)).json()) as unknown[]).length;
    }
  }

  try {
    const work = async () => {
      while (report.requests < count) await one();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const health = await fetch(`${server.url}/health`);
    if (server.pid !== pid || !health.ok) throw new Error('the process is not the same any more');
    await lookAtTheRest(server);
    return report;
  } finally {
    await server.stop();
    await upstream.close();
  }
}

/** Where a field decides who is asked or what is written, it says something that stays inside the test. */
function knownFields(host: string, ids: string[]): Making['known'] {
  const from =
    (...choices: [unknown, ...unknown[]]) =>
    (random: Random) =>
      oneOf(random, choices);
  const idOrNone = (random: Random) => (random() < 0.6 ? null : ids[Math.floor(random() * ids.length)]);
  return {
    host: from(host, host, 'not an address', ''),
    provider_id: from('up', 'up', 'lama', 'demo', null, 'none', ''),
    model_id: from('ok?tokens=3', 'ok?tokens=3', 'u9-eof-no-finish', 'none', ''),
    model: from('up/ok?tokens=3', 'ok?tokens=3', 'demo/any', 'none/any', 'none'),
    log_dir: from(null, 'other-logs'),
    conversation_id: idOrNone,
    parent_id: idOrNone,
    previous_response_id: idOrNone,
    context_length: from(1, 4096, 0, -1),
  };
}

interface Got {
  status: number;
  text: string;
}

async function ask(url: string, { method, path, headers, body }: FuzzRequest): Promise<Got> {
  const hangUp = new AbortController();
  const timer = setTimeout(() => hangUp.abort(new Error('there was no answer in time')), PATIENCE_MS);
  try {
    const init = { method, headers, signal: hangUp.signal, ...(body === undefined ? {} : { body }) };
    const answer = await fetch(url + path, init);
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream');
    const text = isStream ? await beginningOf(answer) : await answer.text();
    check(answer, text);
    return { status: answer.status, text };
  } finally {
    clearTimeout(timer);
  }
}

async function beginningOf(answer: Response): Promise<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const timer = setTimeout(() => void reader?.cancel(), STREAM_FOR_MS);
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) text += piece.value;
  clearTimeout(timer);
  return text;
}

/** A provider may fail, which is said by name; LightChat itself may not. */
function check(answer: Response, text: string): void {
  refuseCanaries(text + JSON.stringify([...answer.headers]));
  if (answer.status < 400) return;
  const body = JSON.parse(text) as {
    error_code?: string;
    message?: string;
    error?: { message?: string; type?: string };
  };
  const isNamed = body.error_code ? (body.message ?? '').length > 9 : (body.error?.message ?? '').length > 9;
  if (!isNamed) throw new Error(`an error without a name or a reason: ${answer.status} ${text}`);
  if (!answer.headers.get('x-request-id')) throw new Error('an answer without a request id');
  const isProviders = answer.status === 502 || answer.status === 504;
  if (answer.status >= 500 && !isProviders) throw new Error(`${answer.status} ${text}`);
}

function refuseCanaries(text: string): void {
  for (const canary of CANARIES) if (text.includes(canary)) throw new Error(`a secret is in: ${text.slice(0, 2000)}`);
}

async function lookAtTheRest({ dirs, stderr }: TestServer): Promise<void> {
  refuseCanaries(stderr());
  if (/Unexpected/.test(stderr())) throw new Error(`the terminal says: ${stderr().slice(-3000)}`);
  let files = 0;
  for (const folder of [dirs.logs, join(dirs.config, 'other-logs')]) {
    for (const name of await readdir(folder).catch(() => [])) {
      refuseCanaries(await readFile(join(folder, name), 'utf8'));
      files += 1;
    }
  }
  if (files === 0) throw new Error('there is no log to look at');
}

/** Later requests are about things that exist. */
function remember(ids: string[], text: string): void {
  for (const [id] of text.matchAll(/\b(?:run|conv|msg|resp|chatcmpl)[_-][0-9a-z]{10,}\b/g)) {
    if (ids.includes(id)) continue;
    ids.push(id);
    if (ids.length > MOST_IDS) ids.splice(4, 1);
  }
}
