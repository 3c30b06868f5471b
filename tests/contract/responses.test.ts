/** `POST /v1/responses`: what Codex, the Agents SDK and the AI SDK count on, seen from outside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTEXT_LENGTH, tokenText } from '../upstream/index.ts';
import { CANARY, type ContractServer, startContractServer, until } from './support/contract-server.ts';
import type { Json, StreamEvent } from './support/event-stream.ts';
import { filled, number } from './support/shapes.ts';

let on: ContractServer;
beforeAll(async () => {
  on = await startContractServer({
    settings: 'retry: { attempts: 1, delay_ms: 20 }\nlimits: { heartbeat_ms: 150, headers_local_ms: 1500 }',
    providers: '  - { id: spare, type: openai, host: "http://127.0.0.1:1/v1", fallbacks: [up/ok] }',
  });
});
afterAll(() => on?.stop());

const ask = (model: string, more: Json = {}) => on.post('/v1/responses', { model, input: 'Go.', ...more });
const stream = (model: string, more: Json = {}) =>
  on.stream('/v1/responses', { model, input: 'Go.', stream: true, ...more });
const numbered = (count: number) => Array.from({ length: count }, (_, at) => tokenText(at)).join('');
const deltas = (events: StreamEvent[], type: string) =>
  events.flatMap(({ event, data }) => (event === type ? [String(data.delta)] : [])).join('');
const responseOf = (event: StreamEvent | undefined) => event?.data.response as Json;
const outputOf = (response: Json) => response.output as (Json & { id: string; type: string })[];
/** The request body as the provider got it. */
async function echoed(more: Json): Promise<Json> {
  const [message] = outputOf((await ask('up/echo', more)).json);
  const [part] = (message?.content ?? []) as Json[];
  return JSON.parse(String(part?.text));
}
const usage = {
  input_tokens: number,
  input_tokens_details: { cached_tokens: number, cache_write_tokens: number },
  output_tokens: number,
  output_tokens_details: { reasoning_tokens: number },
  total_tokens: number,
};
const add = { type: 'function', name: 'add', parameters: { type: 'object', properties: {} }, strict: false };
const envelope = (code: string, param: string | null = null) => ({
  error: { message: expect.stringMatching(/.{10}/), type: filled, param, code },
});

describe.each(['up', 'lama'])('POST /v1/responses of %s, streamed', (provider) => {
  it('[CP-1] is every event in its order, numbered, and at the end the whole response', async () => {
    const { response, ...answer } = await stream(`${provider}/thinking`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = await answer.rest();
    for (const [at, { event, data }] of events.entries())
      expect(data).toMatchObject({ type: event, sequence_number: at });
    const kinds = events.map(({ event }) => event.replace('response.', ''));
    expect(kinds.filter((kind, at) => kind !== kinds[at - 1])).toEqual([
      ...['created', 'in_progress'],
      ...['output_item.added', 'reasoning_summary_part.added', 'reasoning_summary_text.delta'],
      ...['reasoning_summary_text.done', 'reasoning_summary_part.done', 'output_item.done'],
      ...['output_item.added', 'content_part.added', 'output_text.delta'],
      ...['output_text.done', 'content_part.done', 'output_item.done'],
      'completed',
    ]);
    expect(deltas(events, 'response.reasoning_summary_text.delta')).toBe('Let me think about it.');
    expect(deltas(events, 'response.output_text.delta')).toBe(numbered(5));
    const whole = responseOf(events.at(-1));
    expect(whole).toMatchObject({ object: 'response', status: 'completed', model: `${provider}/thinking`, usage });
    expect(outputOf(whole)).toEqual(
      events.filter(({ event }) => event === 'response.output_item.done').map(({ data }) => data.item),
    );
  });

  it('[CP-8] hands a call over and takes its result', async () => {
    const events = await (await stream(`${provider}/tool-loop`, { tools: [add] })).rest();
    const [call] = outputOf(responseOf(events.at(-1)));
    expect(call).toMatchObject({ type: 'function_call', name: 'add', call_id: filled, status: 'completed' });
    expect(JSON.parse(String(call?.arguments))).toEqual({ a: 1, b: 2 });
    expect(deltas(events, 'response.function_call_arguments.delta')).toBe(call?.arguments);
    const result = { type: 'function_call_output', call_id: call?.call_id, output: 'three' };
    const input = [{ role: 'user', content: 'Go.' }, call, result];
    const { json } = await ask(`${provider}/tool-loop`, { input, tools: [add] });
    expect(outputOf(json)[0]).toMatchObject({ content: [{ text: 'The tool says three' }] });
  });

  it('[LC-008] an error before the first word has its status; one in the middle never looks complete', async () => {
    const missing = await ask(`${provider}/u20-no-model`, { stream: true });
    expect([missing.status, missing.json]).toEqual([404, envelope('model_not_found', 'model')]);
    const failing = await ask(`${provider}/u19-server-error`, { stream: true });
    expect([failing.status, failing.json]).toEqual([502, envelope('provider_error')]);
    const tooLong = await ask(`${provider}/u21-context`, { stream: true });
    expect([tooLong.status, tooLong.json]).toEqual([400, envelope('context_length_exceeded', 'input')]);
    const broken = await (await stream(`${provider}/u7-reset`)).rest();
    expect(broken.slice(-2).map(({ event }) => event)).toEqual(['error', 'response.failed']);
    expect(broken.at(-2)?.data).toMatchObject({ code: 'stream_interrupted', message: filled });
    expect(responseOf(broken.at(-1))).toMatchObject({ status: 'failed', error: { code: 'stream_interrupted' } });
    expect((await ask(`${provider}/u7-reset`)).status).toBe(502);
  });

  it('[CP-5] a hang-up frees the provider', async () => {
    const model = `u26-endless?for=responses-${provider}`;
    const open = await stream(`${provider}/${model}`);
    while ((await open.next())?.event !== 'response.output_text.delta');
    await open.cut();
    const outcome = async () => on.upstream.requests.find((one) => one.model === model)?.outcome;
    await until(outcome, (now) => now === 'aborted');
  });
});

describe('POST /v1/responses', () => {
  it('[CP-1] reaches the provider as chat completions', async () => {
    const body = await echoed({
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', content: [{ type: 'input_text', text: 'Go.' }] },
        { type: 'web_search_call', id: 'ws_1' },
      ],
      tools: [add, { type: 'web_search' }, { type: 'namespace', name: 'files', tools: [{ ...add, name: 'read' }] }],
      tool_choice: { type: 'function', name: 'add' },
      parallel_tool_calls: false,
      temperature: 0.5,
      max_output_tokens: 99,
      text: { format: { type: 'json_object' } },
      ...{ store: false, include: ['reasoning.encrypted_content'], prompt_cache_key: 'k', made_up: 1 },
    });
    expect(body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.\n\nBe kind.' },
        { role: 'user', content: 'Go.' },
      ],
      tools: [{ function: { name: 'add' } }, { function: { name: 'files__read' } }],
      tool_choice: { type: 'function', function: { name: 'add' } },
      parallel_tool_calls: false,
      temperature: 0.5,
      max_tokens: 99,
      response_format: { type: 'json_object' },
    });
    expect((await echoed({ max_output_tokens: 1_000_000 })).max_tokens).toBeLessThan(CONTEXT_LENGTH);
    expect(JSON.stringify(body)).not.toMatch(/made_up|prompt_cache_key|encrypted_content/);
  });

  it('[LC-007] names the model that took over', async () => {
    const { status, json } = await ask('spare/gone');
    expect([status, json.model]).toEqual([200, 'up/ok']);
  });

  it('[CP-1] is incomplete when it was cut', async () => {
    const events = await (await stream('up/u23-length')).rest();
    expect(events.at(-1)?.event).toBe('response.incomplete');
    const reason = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(responseOf(events.at(-1))).toMatchObject(reason);
    expect((await ask('up/u23-length')).json).toMatchObject(reason);
  });

  it('[LC-008] keeps a client that waits for a slow model, and tells it in the stream what fails then', async () => {
    const slow = await stream('up/u4-no-headers');
    const events = await slow.rest();
    expect(slow.comments.length).toBeGreaterThan(0);
    expect(events.map(({ event }) => event)).toEqual([
      'response.created',
      'response.in_progress',
      'error',
      'response.failed',
    ]);
    expect(events.at(-2)?.data.code).toBe('provider_timeout');
  });

  it('[CP-1] refuses, naming the parameter, what needs something kept or cannot be read', async () => {
    for (const [more, param] of [
      [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
      [{ conversation: 'conv_1' }, 'conversation'],
      [{ input: [] }, 'input'],
      [{ input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'input[0].content[0].type'],
      [{ temperature: 'hot' }, 'temperature'],
    ] as const) {
      const { status, json } = await ask('up/ok', more);
      expect([status, json]).toEqual([
        400,
        { error: expect.objectContaining({ type: 'invalid_request_error', param }) },
      ]);
    }
  });

  it('[LC-008] never says the key of a provider', async () => {
    const { status, text } = await ask('up/u20-refused');
    expect(status).toBe(400);
    expect(text).not.toContain(CANARY);
  });
});
