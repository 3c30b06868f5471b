/** What the routes answer is what their descriptions say: no field is missing, and none is kept quiet about. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorBody, Run } from '@lightchat/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import type { ModelEvent } from '../engine/ports.ts';
import { surfaces } from './api-description.ts';
import type { Operation } from './kit/operation.ts';
import { parseSse, type Served, serve } from './testing/serve.ts';

const operations = surfaces.flatMap((surface) => surface.operations.map((operation) => ({ surface, operation })));
/** Every kind of output that an answer can have. */
const script: ModelEvent[][] = [
  [{ type: 'progress', state: 'loading-model' }],
  [{ type: 'reasoning-delta', text: 'hm' }],
  [{ type: 'text-delta', text: 'Hello' }],
  [{ type: 'tool-call', call_id: 'call_1', name: 'look', arguments: '{"at":"this"}' }],
  [
    { type: 'usage', usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cached_tokens: 1 } },
    { type: 'finish', reason: 'tool_calls' },
  ],
];
/** What is asked for where an operation's own example does not do here. */
const bodies: Record<string, () => Promise<unknown>> = {
  putConfig: async () => (await ask('GET', '/config')).json(),
  importSessions: async () => (await ask('GET', '/api/chat/sessions/export')).json(),
};

let served: Served;
let folder: string;
let run: Run;
let message: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-page-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  served = await serve([script], {}, { pageFolder: folder });
  run = (await (await ask('POST', '/runs', { prompt: 'First.' })).json()) as Run;
  await (await ask('GET', `/runs/${run.id}/events`)).text();
  const tree = await (await ask('GET', `/api/chat/sessions/${run.conversation_id}/messages`)).json();
  message = (tree as { items: { id: string }[] }).items[0]?.id ?? '';
});
afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each(operations)(
  '[CW-7] $operation.method $operation.path answers as it is described',
  async ({ operation, surface }) => {
    const body = bodies[operation.id] ? await bodies[operation.id]?.() : operation.example?.body;
    const answer = await ask(operation.method, pathOf(operation), body);
    const described = operation.answers[answer.status];
    // The scripted provider has no embeddings, so that one route shows its error.
    if (operation.id === 'createEmbeddings') return expectExact(surface.error, await answer.json());
    expect([answer.status, described?.about]).toEqual([answer.status, expect.any(String)]);
    for (const name of Object.keys(described?.headers ?? {}))
      expect(answer.headers.get(name)).toEqual(expect.any(String));
    const [media] = (answer.headers.get('content-type') ?? '').split(';');
    if (media === 'application/json') expectExact(described?.json, await answer.json());
    else if (media === 'text/event-stream') await expectEvents(operation, answer);
    else expect(described?.media).toBe(media || undefined);
  },
);

it('[CW-6] what cannot be found, read or done is answered with an error that the description names', async () => {
  const wrong: [string, string, unknown?][] = [
    ['GET', '/runs/:id'],
    ['GET', '/runs/:id/events'],
    ['POST', '/runs/:id/stop'],
    ['POST', '/chat', { prompt: 5 }],
    ['POST', '/chat/wait', {}],
    ['POST', '/chat/streaming', {}],
    ['GET', '/api/chat/sessions/:id'],
    ['DELETE', '/api/chat/sessions/:id'],
    ['PATCH', '/api/chat/sessions/:id', { title: '' }],
    ['GET', '/api/chat/sessions/:id/messages'],
    ['POST', '/api/chat/:id/stop'],
    ['PUT', '/config', { providers: 5 }],
  ];
  for (const [method, path, body] of wrong) {
    const { operation } =
      operations.find((one) => one.operation.path === path && one.operation.method === method) ?? {};
    const answer = await ask(method, path.replace(/:\w+/g, 'unknown'), body);
    const { error_code } = (await answer.json()) as ErrorBody;
    expect(['INVALID_REQUEST', ...(operation?.errors ?? [])], `${method} ${path}`).toContain(error_code);
  }
});

/** Equal to what the schema knows of it: a field it does not know would be gone. */
function expectExact(schema: z.ZodType | undefined, value: unknown): void {
  const read = schema?.safeParse(value);
  expect(read?.error).toBeUndefined();
  expect(value).toEqual(read?.data);
}

async function expectEvents({ id, answers }: Operation, answer: Response): Promise<void> {
  const events = id === 'followChanges' ? await firstChange(answer) : parseSse(await answer.text());
  expect(events.length).toBeGreaterThan(0);
  for (const { event = 'message', data } of events) {
    if (data === '[DONE]') continue;
    const form = answers[answer.status]?.events?.[event];
    expect([event, form?.about]).toEqual([event, expect.any(String)]);
    expectExact(form?.data, JSON.parse(data));
  }
}

/** That stream has no end. */
async function firstChange(answer: Response): Promise<ReturnType<typeof parseSse>> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  const renamed = ask('PATCH', `/api/chat/sessions/${run.conversation_id}`, { title: 'Renamed' });
  let text = '';
  while (!text.includes('data: ')) text += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  await renamed;
  return parseSse(text);
}

function pathOf({ path, example }: Operation): string {
  if (example?.path && !example.path.includes('/demo')) return example.path;
  return path
    .replace('/v1/models/*', '/v1/models/scripted/model')
    .replace('/runs/:id', `/runs/${run.id}`)
    .replace('/sessions/:id', `/sessions/${run.conversation_id}`)
    .replace('/chat/:id', '/chat/my-chat')
    .replace(':message_id', message)
    .replace(':conversation_id', run.conversation_id)
    .replace(':provider_id', 'scripted');
}

function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(served.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}
