import type { MessageTree, Run } from '@lightchat/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../server/start-server.ts';
import { createOllama, type Ollama } from './ollama-server.ts';
import {
  allEvents,
  getJson,
  post,
  postJson,
  readSse,
  type SseEvent,
  spoken,
  startProduct,
  writtenText,
} from './product.ts';
import { createToyModels, endless, slow } from './toy-models.ts';
import { until } from './until.ts';

let ollama: Ollama;
let server: TestServer;

beforeAll(async () => {
  ollama = await createOllama();
  await ollama.start();
  await createToyModels(ollama);
  server = await startProduct(ollama.url);
});
afterAll(async () => {
  await server?.stop();
  await ollama?.dispose();
});

/** Starts an answer and leaves its connection after some tokens. */
async function seeSome(model_id: string, tokens: number): Promise<{ run_id: string; seen: SseEvent[] }> {
  const seen: SseEvent[] = [];
  for await (const event of readSse(await post(server, '/chat', { prompt: 'go', provider_id: 'ollama', model_id }))) {
    seen.push(event);
    if (seen.filter((one) => one.event === 'message').length === tokens) break;
  }
  return { run_id: String(seen[0]?.data.run_id), seen };
}

function run(id: string): Promise<Run> {
  return getJson<Run>(server, `/runs/${id}`);
}

async function storedText({ conversation_id, message_id }: Run): Promise<string> {
  const { items } = await getJson<MessageTree>(server, `/api/chat/sessions/${conversation_id}/messages`);
  const parts = items.find(({ id }) => id === message_id)?.parts ?? [];
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

describe('runs on a real Ollama', () => {
  it('[C1, CW-3] a viewer that left in mid-answer comes back and gets the whole answer from the beginning', async () => {
    const { run_id, seen } = await seeSome(slow.name, 5);
    expect((await run(run_id)).status).toBe('running');
    const events = await allEvents(await fetch(`${server.url}/runs/${run_id}/events?from=0`));
    expect(events.map(({ data }) => data.index)).toEqual(events.map((_, index) => index));
    expect(writtenText(events)).toBe(slow.says);
    expect(slow.says.startsWith(spoken(seen))).toBe(true);
    expect(await run(run_id)).toMatchObject({ status: 'completed', finish_reason: 'stop' });
  });

  it('[C8] stop ends the answer at once, keeps what was said, and Ollama is free again', async () => {
    const { run_id, seen } = await seeSome(endless.name, 3);
    const stopped = await postJson(server, `/runs/${run_id}/stop`, {});
    expect(stopped).toMatchObject({ id: run_id, status: 'stopped' });
    expect(await storedText(await run(run_id))).toContain(spoken(seen));
    // It works on one request at a time, and the stopped one would never have ended.
    const next = { prompt: 'again', provider_id: 'ollama', model_id: endless.name, max_tokens: 4 };
    const answer = await postJson(server, '/chat/wait', next);
    expect(answer).toMatchObject({ finish_reason: 'length' });
    expect(answer.duration_ms).toBeLessThan(15_000);
  });

  it('[C8] stopping again changes nothing', async () => {
    const { run_id } = await seeSome(endless.name, 1);
    const both = await Promise.all([
      postJson(server, `/runs/${run_id}/stop`, {}),
      postJson(server, `/runs/${run_id}/stop`, {}),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['stopped', 'stopped']);
    expect(await postJson(server, `/runs/${run_id}/stop`, {})).toMatchObject({ status: 'stopped' });
  });

  it('[P1] a killed LightChat keeps what was seen and settles the run when it starts again', async () => {
    const { run_id, seen } = await seeSome(slow.name, 5);
    await server.kill('SIGKILL');
    await server.restart();
    const settled = await run(run_id);
    expect(settled.status).toBe('interrupted');
    const text = await storedText(settled);
    expect(text.startsWith(spoken(seen))).toBe(true);
    expect(slow.says.startsWith(text)).toBe(true);
  });

  it('[U7] when Ollama is killed in mid-answer the partial text is kept and the run is not called complete', async () => {
    const { run_id, seen } = await seeSome(slow.name, 5);
    await ollama.kill();
    await until('the run has ended', async () => (await run(run_id)).finished_at !== null, server.stderr);
    const ended = await run(run_id);
    expect(['interrupted', 'failed']).toContain(ended.status);
    expect(ended.error).toMatchObject({ error_code: expect.any(String), message: expect.any(String) });
    const text = await storedText(ended);
    expect(text.startsWith(spoken(seen))).toBe(true);
    expect(slow.says.startsWith(text) && text !== slow.says).toBe(true);
  });

  it('[U1] and a new request says at once that Ollama is not running', async () => {
    const events = await allEvents(await post(server, '/chat', { prompt: 'hi', provider_id: 'ollama' }));
    expect(events.at(-1)).toMatchObject({ event: 'error', data: { error_code: 'PROVIDER_UNREACHABLE' } });
    expect(events.at(-1)?.data.message).toMatch(/Ollama/);
  });
});
