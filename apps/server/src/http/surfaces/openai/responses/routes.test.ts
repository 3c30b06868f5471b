import { afterEach, describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../../../engine/ports.ts';
import { type Script, saying } from '../../../../engine/testing/scripted-provider.ts';
import { parseSse, type Served, serve } from '../../../testing/serve.ts';

let served: Served;
afterEach(() => served.close());

const ask = (body: object, signal: AbortSignal | null = null) =>
  fetch(`${served.url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'scripted/model', input: 'Hi', ...body }),
    signal,
  });
type Event = Record<string, unknown> & { type: string };
async function eventsOf(answer: Response): Promise<Event[]> {
  const parsed = parseSse(await answer.text());
  const events = parsed.map(({ data }) => JSON.parse(data) as Event);
  expect(parsed.map(({ event }) => event)).toEqual(events.map(({ type }) => type));
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
  return events;
}
const short = (events: Event[]) => events.map(({ type }) => type.replace('response.', ''));
const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8, cached_tokens: 2, reasoning_tokens: 1 };
const finish = (reason: 'stop' | 'length' | 'content_filter'): ModelEvent => ({ type: 'finish', reason });
const full: Script = [
  [{ type: 'progress', state: 'loading-model' }],
  [{ type: 'reasoning-delta', text: 'hm' }],
  [
    { type: 'text-delta', text: 'Hel' },
    { type: 'text-delta', text: 'lo "\u2028' },
  ],
  [{ type: 'tool-call', call_id: 'c1', name: 'add', arguments: '{"a":1}' }],
  [{ type: 'tool-call', call_id: 'c2', name: 'files__patch', arguments: '{"input":"*** Begin"}' }],
  [{ type: 'usage', usage }, finish('stop')],
];
const tools = [
  { type: 'function', name: 'add', parameters: {}, strict: false },
  { type: 'namespace', name: 'files', description: '', tools: [{ type: 'custom', name: 'patch' }] },
];
const broken = (details = {}): ModelEvent => ({
  type: 'error',
  error: { error_code: 'PROVIDER_ERROR', message: 'It broke.', details },
  retry: 'never',
});
const output = [
  { id: 'rs_', type: 'reasoning', status: 'completed', summary: [{ type: 'summary_text', text: 'hm' }] },
  {
    id: 'msg_',
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'Hello "\u2028' }],
  },
  { id: 'fc_', type: 'function_call', status: 'completed', call_id: 'c1', name: 'add', arguments: '{"a":1}' },
  {
    id: 'ctc_',
    type: 'custom_tool_call',
    status: 'completed',
    call_id: 'c2',
    name: 'patch',
    namespace: 'files',
    input: '*** Begin',
  },
].map((item) => ({ ...item, id: expect.stringMatching(new RegExp(`^${item.id}.`)) }));
const counted = {
  input_tokens: 5,
  input_tokens_details: { cached_tokens: 2, cache_write_tokens: 0 },
  output_tokens: 3,
  output_tokens_details: { reasoning_tokens: 1 },
  total_tokens: 8,
};

describe('POST /v1/responses, streamed', () => {
  it('[CP-1] tells every item from its beginning to its end, and then the whole response', async () => {
    served = await serve([full]);
    const events = await eventsOf(await ask({ stream: true, tools }));
    expect(short(events)).toEqual([
      ...['created', 'in_progress', 'output_item.added', 'reasoning_summary_part.added'],
      ...['reasoning_summary_text.delta', 'reasoning_summary_text.done', 'reasoning_summary_part.done'],
      ...['output_item.done', 'output_item.added', 'content_part.added', 'output_text.delta', 'output_text.delta'],
      ...['output_text.done', 'content_part.done', 'output_item.done'],
      ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'],
      ...['output_item.added', 'custom_tool_call_input.delta', 'custom_tool_call_input.done', 'output_item.done'],
      'completed',
    ]);
    const last = events.at(-1)?.response as Record<string, unknown>;
    expect(last).toMatchObject({ status: 'completed', output, usage: counted, model: 'scripted/model', tools });
    expect((last.tools as object[])[0]).toEqual({ ...tools[0], description: null });
    expect(events[0]?.response).toMatchObject({ id: last.id, status: 'in_progress', output: [], usage: null });

    const done = events.filter(({ type }) => type === 'response.output_item.done');
    expect(done.map(({ item }) => item)).toEqual(last.output);
    const ids = (last.output as { id: string }[]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    for (const { type, item_id, output_index, item } of events) {
      if (item_id !== undefined) expect([type, output_index]).toEqual([type, ids.indexOf(item_id as string)]);
      if (item !== undefined) expect((item as { id: string }).id).toBe(ids[output_index as number]);
    }
    const added = events.filter(({ type }) => type === 'response.output_item.added');
    expect(added.map(({ item }) => item)).toMatchObject([
      { status: 'in_progress', summary: [] },
      { status: 'in_progress', content: [] },
      { status: 'in_progress', arguments: '' },
      { status: 'in_progress', input: '' },
    ]);
  });

  it.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ] as const)('[CP-1] is incomplete when the model was cut: %s', async (reason, told) => {
    served = await serve([[[{ type: 'text-delta', text: 'Hel' }], [finish(reason)]]]);
    const events = await eventsOf(await ask({ stream: true }));
    expect(short(events).slice(-2)).toEqual(['output_item.done', 'incomplete']);
    expect(events.at(-1)?.response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: told },
      output: [{ status: 'incomplete', content: [{ text: 'Hel' }] }],
    });
  });

  it('[LC-008] an error before the first word has its status', async () => {
    served = await serve([[[broken({ status: 400 })]]]);
    const answer = await ask({ stream: true });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: { message: 'It broke.', type: 'invalid_request_error', param: null, code: 'provider_refused' },
    });
  });

  it('[LC-008] an error in the middle raises in clients that only iterate, and fails the response for the rest', async () => {
    served = await serve([[[{ type: 'text-delta', text: 'Hel' }], [broken()]]]);
    const events = await eventsOf(await ask({ stream: true }));
    expect(short(events).slice(-3)).toEqual(['output_text.delta', 'error', 'failed']);
    expect(events.at(-2)).toMatchObject({ code: 'provider_error', error: { message: 'It broke.' } });
    expect(events.at(-1)?.response).toMatchObject({
      status: 'failed',
      error: { code: 'provider_error', message: 'It broke.' },
      output: [{ status: 'incomplete', content: [{ text: 'Hel' }] }],
    });
  });

  it('[LC-008] a long silence before the first word begins the stream; what fails then is told in it', async () => {
    served = await serve([['hang']], { limits: { heartbeat_ms: 60 } as never });
    const leave = new AbortController();
    const answer = await ask({ stream: true }, leave.signal);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes(': keep-alive')) text += (await reader?.read())?.value ?? '';
    expect(text).toContain('event: response.in_progress');
    await served.engine.drain(0);
    for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) text += step.value;
    expect(text).toContain('"code":"stream_interrupted"');
    expect(text).toContain('event: response.failed');
  });

  it('[CP-5] hanging up stops the model, before the first word and after it', async () => {
    served = await serve([['hang'], [[{ type: 'text-delta', text: 'Hel' }], 'hang'], ['hang']]);
    const leave = [new AbortController(), new AbortController(), new AbortController()];
    const silent = ask({ stream: true }, leave[0]?.signal).catch(() => undefined);
    await expect.poll(() => served.provider.requests.length).toBe(1);
    const talking = await ask({ stream: true }, leave[1]?.signal);
    await talking.body?.getReader().read();
    const whole = ask({}, leave[2]?.signal).catch(() => undefined);
    await expect.poll(() => served.provider.requests.length).toBe(3);
    for (const one of leave) one.abort();
    await Promise.all([silent, whole]);
    await expect.poll(() => served.provider.aborted).toBe(3);
    await expect.poll(() => served.engine.activeCount()).toBe(0);
  });
});

describe('POST /v1/responses, whole', () => {
  it('[CP-1] is one response, with the settings it was made with', async () => {
    served = await serve([full]);
    const answer = await ask({ tools, instructions: 'Be brief.', temperature: 0.5, metadata: { a: 'b' } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      id: expect.stringMatching(/^resp_./),
      object: 'response',
      status: 'completed',
      error: null,
      incomplete_details: null,
      instructions: 'Be brief.',
      temperature: 0.5,
      metadata: { a: 'b' },
      output,
      usage: counted,
    });
  });

  it('[LC-008] that broke off is an error and not half an answer', async () => {
    served = await serve([[[{ type: 'text-delta', text: 'Hel' }], [broken()]]]);
    const answer = await ask({});
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { message: 'It broke.', code: 'provider_error' } });
  });

  it('[CP-1] names the model that answers, when none was asked for too', async () => {
    served = await serve([saying('a')]);
    expect(await (await ask({ model: undefined })).json()).toMatchObject({ model: 'scripted/model' });
  });
});

describe('what is asked of /v1/responses', () => {
  it('[CP-1] reaches the model', async () => {
    served = await serve([saying('a')]);
    const schema = { type: 'object' };
    await ask({
      input: [{ role: 'user', content: 'Go.' }],
      instructions: 'Be brief.',
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 99,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { format: { type: 'json_schema', name: 'thing', schema, strict: true }, verbosity: 'low' },
      ...{ store: false, include: ['reasoning.encrypted_content'], prompt_cache_key: 'k', client_metadata: { a: 1 } },
    });
    expect(served.provider.requests[0]).toEqual({
      model_id: 'model',
      messages: [
        { role: 'system', text: 'Be brief.' },
        { role: 'user', text: 'Go.' },
      ],
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 99,
      reasoning_effort: 'low',
      response_format: { type: 'json-schema', name: 'thing', schema, strict: true },
    });
  });

  it('[CP-1] may refer to what was said before, unless that was not to be stored', async () => {
    served = await serve([saying('Hello')]);
    const refer = (id: string) =>
      ask({
        input: [
          { role: 'user', content: 'a' },
          { type: 'item_reference', id },
        ],
      });
    const idOf = async (answer: Response) =>
      ((await answer.json()) as { output: { id: string }[] }).output[0]?.id ?? '';
    const stored = await idOf(await ask({}));
    expect((await refer(stored)).status).toBe(200);
    expect(served.provider.requests[1]?.messages.at(-1)).toEqual({ role: 'assistant', text: 'Hello' });
    const unstored = await idOf(await ask({ store: false }));
    const refused = await refer(unstored);
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ error: { param: 'input[1].id', type: 'invalid_request_error' } });
  });

  it('[CP-1] is refused, naming the parameter, when it needs something kept or is not understood', async () => {
    served = await serve([saying('a')]);
    const refusals: [object, string][] = [
      [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
      [{ conversation: { id: 'conv_1' } }, 'conversation'],
      [{ prompt: { id: 'pmpt_1' } }, 'prompt'],
      [{ background: true }, 'background'],
      [{ input: [] }, 'input'],
      [{ input: undefined }, 'input'],
      [{ input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }, 'input[0].content[0]'],
      [{ max_output_tokens: 0 }, 'max_output_tokens'],
      [{ text: { format: { type: 'xml' } } }, 'text.format.type'],
      [{ tools: [{ name: 'untyped' }] }, 'tools[0].type'],
    ];
    for (const [body, param] of refusals) {
      const answer = await ask(body);
      expect([body, answer.status]).toEqual([body, 400]);
      expect(await answer.json()).toEqual({
        error: { message: expect.any(String), type: 'invalid_request_error', param, code: null },
      });
    }
    expect(served.provider.requests).toEqual([]);
  });
});
