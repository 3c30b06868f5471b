/** `POST /chat` and `POST /chat/wait`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenText } from '../upstream/index.ts';
import { CANARY, type ContractServer, startContractServer } from './support/contract-server.ts';
import type { Json, StreamEvent } from './support/event-stream.ts';
import { errorShape, filled, number, usage, validationError } from './support/shapes.ts';

let on: ContractServer;
beforeAll(async () => {
  on = await startContractServer({
    settings: 'retry: { attempts: 1, delay_ms: 20 }\nlimits: { heartbeat_ms: 100, headers_local_ms: 1500 }',
    providers: '  - { id: nobody, type: openai, host: "http://127.0.0.1:1/v1" }',
  });
});
afterAll(() => on?.stop());

const ask = (model_id: string, more: Json = {}) => ({ prompt: 'Go.', provider_id: 'up', model_id, ...more });
const kinds = (events: StreamEvent[]) => events.map(({ event }) => event);
const tokens = (events: StreamEvent[]) =>
  events.flatMap(({ event, data }) => (event === 'message' ? [String(data.token)] : []));
const numbered = (count: number) => Array.from({ length: count }, (_, at) => tokenText(at));
const indexOf = (event: StreamEvent | undefined) => Number(event?.id?.split(':')[1]);
/** The request body as the provider got it. */
const echoed = async (more: Json) =>
  JSON.parse(String((await on.post('/chat/wait', ask('echo', more))).json.final_output));

const aboutRun = { run_id: filled, conversation_id: filled, message_id: filled, provider_id: 'up', model_id: 'ok' };

describe('POST /chat', () => {
  it('[LC-006] is start, unnamed tokens and done, each with its exact fields and an id', async () => {
    const stream = await on.stream('/chat', ask('ok'));
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.response.headers.get('cache-control')).toContain('no-cache');
    expect(stream.response.headers.get('x-request-id')).toMatch(/./);
    const events = await stream.rest();
    expect(kinds(events)).toEqual(['start', ...numbered(20).map(() => 'message'), 'done']);
    expect(events[0]?.data).toEqual(aboutRun);
    for (const { data } of events.slice(1, -1)) expect(data).toEqual({ token: expect.any(String) });
    expect(tokens(events)).toEqual(numbered(20));
    const { run_id, message_id } = events[0]?.data ?? {};
    expect(events.at(-1)?.data).toEqual({ finish_reason: 'stop', usage, run_id, message_id });
    const counted = events.at(-1)?.data.usage as Record<string, number>;
    expect(counted.total_tokens).toBe(Number(counted.prompt_tokens) + Number(counted.completion_tokens));
    const indexes = events.map(indexOf);
    expect(events.map(({ id }) => id)).toEqual(indexes.map((index) => `${run_id}:${index}`));
    expect(indexes[0]).toBe(0);
    expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
  });

  it('[LC-006] speaks to an Ollama alike', async () => {
    const events = await (await on.stream('/chat', ask('ok', { provider_id: 'lama' }))).rest();
    expect(tokens(events)).toEqual(numbered(20));
    expect(events[0]?.data).toEqual({ ...aboutRun, provider_id: 'lama' });
  });

  it('[LC-006] tells reasoning from the answer', async () => {
    const events = await (await on.stream('/chat', ask('thinking'))).rest();
    const reasoning = events.filter(({ event }) => event === 'reasoning');
    expect(reasoning.map(({ data }) => data.text).join('')).toBe('Let me think about it.');
    for (const { data, id } of reasoning) expect({ data, id }).toEqual({ data: { text: filled }, id: filled });
    expect(tokens(events)).toEqual(numbered(5));
  });

  it('[LC-006] needs no more than a prompt', async () => {
    const events = await (await on.stream('/chat', { prompt: 'Hello' })).rest();
    expect(events[0]?.data).toEqual({ ...aboutRun, model_id: filled });
    expect(events.at(-1)?.event).toBe('done');
  });

  it('[LC-006] sends start before the provider answers, so that any run can be stopped', async () => {
    const stream = await on.stream('/chat', ask('cold?wait=60000'));
    const start = await stream.next();
    expect(start?.event).toBe('start');
    const stopped = await on.post(`/runs/${start?.data.run_id}/stop`);
    expect(stopped.json).toMatchObject({ id: start?.data.run_id, status: 'stopped' });
    expect((await stream.rest()).at(-1)).toMatchObject({ event: 'done', data: { finish_reason: 'stopped' } });
  });

  it('[LC-007] retries a transient failure before the first output, and says so in the run', async () => {
    const events = await (await on.stream('/chat', ask('flaky?a=1'))).rest();
    expect(tokens(events)).toEqual(numbered(20));
    const run = await on.get(`/runs/${events[0]?.data.run_id}`);
    expect(run.json).toMatchObject({ status: 'completed', attempts: 2, error: null });
  });

  it('[LC-007] does not retry once output was delivered', async () => {
    const events = await (await on.stream('/chat', ask('u7-reset'))).rest();
    expect(tokens(events)).toEqual(numbered(3));
    expect(events.at(-1)).toMatchObject({ event: 'error', data: errorShape('STREAM_INTERRUPTED'), id: filled });
    expect((await on.get(`/runs/${events[0]?.data.run_id}`)).json).toMatchObject({ attempts: 1 });
  });

  it('[LC-006] ends a failed run with the error object instead of done', async () => {
    const events = await (await on.stream('/chat', ask('u19-server-error'))).rest();
    expect(events.at(-1)).toEqual({ event: 'error', data: errorShape('PROVIDER_ERROR'), id: filled });
    expect(kinds(events)).not.toContain('done');
    expect(kinds(events)[0]).toBe('start');
  });

  it('[CW-3] goes on after the last event received', async () => {
    const body = ask('ok');
    const events = await (await on.stream('/chat', body)).rest();
    for (const at of [0, 1, 7, 20]) {
      const rest = await on.stream('/chat', body, { 'last-event-id': String(events[at]?.id) });
      expect(await rest.rest()).toEqual(events.slice(at + 1));
    }
    const after = await on.stream('/chat', body, { 'last-event-id': String(events.at(-1)?.id) });
    expect(after.response.status).toBe(204);
  });

  it('[CW-3] joins the run of the same idempotency_key instead of starting another', async () => {
    const body = ask('ok?tokens=30&delay=10&once', { idempotency_key: 'the-same' });
    const [one, two] = await Promise.all([on.stream('/chat', body), on.stream('/chat', body)]);
    const [left, right] = await Promise.all([one.rest(), two.rest()]);
    expect(left).toEqual(right);
    expect(tokens(left)).toEqual(numbered(30));
    const later = await on.post('/chat/wait', body);
    expect(later.json).toMatchObject({ run_id: left[0]?.data.run_id, final_output: numbered(30).join('') });
    expect(on.upstream.requests.filter(({ model }) => model === body.model_id)).toHaveLength(1);
    const other = await on.post('/chat', { ...body, prompt: 'Something else.' });
    expect({ status: other.status, ...other.json }).toMatchObject({
      status: 422,
      ...errorShape('IDEMPOTENCY_KEY_REUSED'),
    });
  });

  it('[LC-006] a closed connection does not stop the run', async () => {
    const stream = await on.stream('/chat', ask('ok?tokens=40&delay=10'));
    const [start] = await stream.take(4);
    await stream.cut();
    const run = await on.ended(String(start?.data.run_id));
    expect(run).toMatchObject({ status: 'completed', finish_reason: 'stop' });
    expect(await on.storedText(run.conversation_id, run.message_id)).toBe(numbered(40).join(''));
  });

  it('[LC-006] keeps a silent stream alive with comments', async () => {
    const stream = await on.stream('/chat', ask('cold?wait=700'));
    await stream.rest();
    expect(stream.comments.length).toBeGreaterThan(1);
  });
});

describe('the body of a chat', () => {
  it('[LC-010] passes the options on, and the system prompt of the settings', async () => {
    const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }];
    const body = await echoed({ temperature: 0.5, top_p: 0.25, max_tokens: 100, tools });
    expect(body).toMatchObject({ model: 'echo', stream: true, temperature: 0.5, top_p: 0.25, tools });
    expect(body.max_tokens ?? body.max_completion_tokens).toBe(100);
    expect(body.messages).toEqual([
      { role: 'system', content: 'From the settings.' },
      { role: 'user', content: 'Go.' },
    ]);
  });

  it('[LC-018] takes a system prompt of its own instead', async () => {
    const { messages } = await echoed({ system_prompt: 'For this one.' });
    expect(messages[0]).toEqual({ role: 'system', content: 'For this one.' });
    expect(messages).toHaveLength(2);
  });

  it('[LC-006] goes on in a conversation, or branches from one of its messages', async () => {
    const first = (await on.post('/chat/wait', ask('parrot', { prompt: 'One.' }))).json;
    const { conversation_id, message_id } = first;
    await on.post('/chat/wait', ask('parrot', { prompt: 'Two.', conversation_id }));
    const after = async (more: Json) =>
      (await echoed({ conversation_id, ...more })).messages.slice(1).map(({ content }: Json) => content);
    expect(await after({ parent_id: message_id })).toEqual(['One.', 'One.', 'Go.']);
    const wait = await on.post(
      '/chat/wait',
      ask('parrot', { prompt: 'Three.', conversation_id, parent_id: message_id }),
    );
    expect(wait.json.conversation_id).toBe(conversation_id);
    expect(await after({})).toEqual(['One.', 'One.', 'Three.', 'Three.', 'Go.']);
    expect(await after({ parent_id: null })).toEqual(['Go.']);
    const lost = await on.post('/chat/wait', ask('ok', { parent_id: message_id }));
    expect({ status: lost.status, body: lost.json }).toEqual({ status: 400, body: validationError('parent_id') });
  });

  it.each(['/chat', '/chat/wait', '/runs'])('[CW-6] is validated at %s with a path for each fault', async (path) => {
    const empty = await on.post(path, {});
    expect(empty.status).toBe(400);
    expect(empty.json).toEqual(validationError('prompt'));
    const wrong = await on.post(path, { prompt: '', temperature: 'hot', top_p: 2, max_tokens: 0, tools: 'none' });
    expect(wrong.status).toBe(400);
    expect(wrong.json).toEqual(validationError('prompt', 'temperature', 'top_p', 'max_tokens', 'tools'));
    for (const body of [[], 'text', 7, null]) {
      expect((await on.post(path, body)).json).toMatchObject({ error_code: 'INVALID_REQUEST' });
    }
  });

  it.each(['/chat', '/chat/wait', '/runs'])(
    '[CW-6] names what does not exist at %s, before anything starts',
    async (path) => {
      const provider = await on.post(path, ask('ok', { provider_id: 'none' }));
      expect({ status: provider.status, body: provider.json }).toEqual({
        status: 404,
        body: errorShape('PROVIDER_NOT_FOUND'),
      });
      const { id } = (await on.post('/api/chat/sessions', {})).json;
      for (const more of [{ conversation_id: 'conv_none' }, { conversation_id: id, parent_id: 'msg_none' }]) {
        const answer = await on.post(path, ask('ok', more));
        expect({ status: answer.status, body: answer.json }).toEqual({ status: 404, body: errorShape('NOT_FOUND') });
      }
    },
  );
});

describe('POST /chat/wait', () => {
  it('[CW-1] answers the whole answer with its exact fields', async () => {
    const answer = await on.post('/chat/wait', ask('ok'));
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      ...aboutRun,
      final_output: numbered(20).join(''),
      finish_reason: 'stop',
      usage,
      duration_ms: number,
    });
  });

  it('[CW-1] says why an answer ended early', async () => {
    expect((await on.post('/chat/wait', ask('u23-length'))).json).toMatchObject({ finish_reason: 'length' });
    expect((await on.post('/chat/wait', ask('u22-content-filter'))).json).toMatchObject({
      finish_reason: 'content_filter',
    });
  });

  it('[CW-1] a stop from elsewhere ends the wait with what there is', async () => {
    const waiting = on.post('/chat/wait', ask('u26-endless?w=1', { idempotency_key: 'stop-me' }));
    await on.upstream.waitFor(({ model }) => model === 'u26-endless?w=1');
    const joined = await on.stream('/chat', ask('u26-endless?w=1', { idempotency_key: 'stop-me' }));
    const events = await joined.take(5);
    await on.post(`/runs/${events[0]?.data.run_id}/stop`);
    const { status, json } = await waiting;
    expect({ status, json }).toMatchObject({ status: 200, json: { finish_reason: 'stopped' } });
    expect(json.final_output).toContain(tokens(events).join(''));
  });

  it.each([
    ['a model that is not there', 'u20-no-model', 404, 'MODEL_NOT_FOUND'],
    ['a server error', 'u19-server-error', 502, 'PROVIDER_ERROR'],
    ['a refusal', 'u20-refused', 502, 'PROVIDER_ERROR'],
    ['silence', 'u4-no-headers', 504, 'PROVIDER_TIMEOUT'],
    ['a cut', 'u9-eof-no-finish', 502, 'STREAM_INTERRUPTED'],
    ['too long a prompt', 'u21-context', 400, 'CONTEXT_LENGTH_EXCEEDED'],
    ['too many requests', 'u18-rate-limit', 429, 'RATE_LIMITED'],
  ])('[CW-4] wraps %s as a fitting status and code', async (_, model_id, status, code) => {
    const answer = await on.post('/chat/wait', ask(model_id));
    expect({ status: answer.status, body: answer.json }).toEqual({ status, body: errorShape(code) });
    expect(answer.text).not.toContain(CANARY);
  });

  it('[CW-4] names the host that cannot be reached', async () => {
    const answer = await on.post('/chat/wait', ask('any', { provider_id: 'nobody' }));
    expect({ status: answer.status, body: answer.json }).toEqual({
      status: 502,
      body: errorShape('PROVIDER_UNREACHABLE'),
    });
    expect(answer.json.message).toContain('127.0.0.1:1');
  });
});
