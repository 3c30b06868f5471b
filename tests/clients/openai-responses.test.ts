/** `openai`, the official client, on responses. */
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  bodyOf,
  freed,
  type Gateway,
  KEY,
  numbered,
  once,
  providers,
  saying,
  startGateway,
} from './support/gateway.ts';

let on: Gateway;
let openai: OpenAI;
beforeAll(async () => {
  on = await startGateway();
  openai = new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 0 });
});
afterAll(() => on?.stop());

const add = {
  type: 'function' as const,
  name: 'add',
  parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
  strict: false,
};

describe.each(providers)('openai-node, responses, provider %s', (provider) => {
  it('[CP-1] gets a whole response', async () => {
    const response = await openai.responses.create({ model: `${provider}/ok`, input: 'Go.' });
    expect(response.output_text).toBe(numbered(20));
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: `${provider}/ok`,
      usage: { output_tokens: 20, total_tokens: expect.any(Number) },
    });
    expect(response.output.map(({ type }) => type)).toEqual(['message']);
  });

  it('[CP-1] reads a stream whose events come in their order and are numbered', async () => {
    const stream = await openai.responses.create({ model: `${provider}/ok`, input: 'Go.', stream: true });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
    const kinds = events.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1]);
    expect(kinds).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it('[CP-1] puts a stream together with its own helper', async () => {
    const stream = openai.responses.stream({ model: `${provider}/ok`, input: 'Go.' });
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => {
      text += delta;
    });
    const response = await stream.finalResponse();
    expect([response.output_text, text]).toEqual([numbered(20), numbered(20)]);
    expect(response.status).toBe('completed');
  });

  it('[CP-1] reasons before it answers', async () => {
    const stream = openai.responses.stream({ model: `${provider}/thinking`, input: 'Go.' });
    const response = await stream.finalResponse();
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(JSON.stringify(response.output[0])).toContain('Let me think about it.');
    expect(response.output_text).toBe(numbered(5));
  });

  it('[CP-8] calls a tool and goes on with what came of it', async () => {
    const model = `${provider}/tool-loop`;
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'How much is 1 and 2?' }];
    const stream = openai.responses.stream({ model, input, tools: [add] });
    let args = '';
    stream.on('response.function_call_arguments.delta', ({ delta }) => {
      args += delta;
    });
    const first = await stream.finalResponse();
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error(`expected a call, got ${JSON.stringify(first.output)}`);
    expect(call).toMatchObject({ name: 'add', call_id: expect.stringMatching(/./), arguments: args });
    expect(JSON.parse(args)).toEqual({ a: 1, b: 2 });
    const output = { type: 'function_call_output' as const, call_id: call.call_id, output: '3' };
    const second = await openai.responses.create({ model, input: [...input, call, output], tools: [add] });
    expect(second.output_text).toBe('The tool says 3');
  });

  it('[CP-1] gets an object of its schema', async () => {
    const model = saying('{"name":"Ada"}');
    const response = await openai.responses.parse({
      model: `${provider}/${model}`,
      input: 'Who?',
      text: { format: zodTextFormat(z.object({ name: z.string() }), 'person') },
    });
    expect(response.output_parsed).toEqual({ name: 'Ada' });
    expect(JSON.stringify(bodyOf(on.upstream, model))).toContain('"name":{"type":"string"}');
  });

  it('[CP-1] is incomplete at its length limit', async () => {
    const response = await openai.responses.create({ model: `${provider}/u23-length`, input: 'Go.' });
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect(response.output_text).toBe(numbered(3));
  });

  it('[CP-1] gives instructions and an earlier conversation to the model', async () => {
    const model = once('ok');
    await openai.responses.create({
      model: `${provider}/${model}`,
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: [{ type: 'input_text', text: 'Go on.' }] },
      ],
    });
    const { messages } = bodyOf<{ messages: { role: string; content: string }[] }>(on.upstream, model);
    expect(messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi.' },
      { role: 'user', content: 'Go on.' },
    ]);
  });

  it('[CP-5] frees the upstream when it aborts', async () => {
    const model = once('u26-endless');
    const stream = await openai.responses.create({ model: `${provider}/${model}`, input: 'Go.', stream: true });
    for await (const event of stream) if (event.type === 'response.output_text.delta') break;
    await freed(on.upstream, model);
  });

  it('[LC-008] an error in the middle is a failed response, never a completed one', async () => {
    const stream = await openai.responses.create({ model: `${provider}/u17-error`, input: 'Go.', stream: true });
    const kinds: string[] = [];
    const read = async () => {
      for await (const event of stream) kinds.push(event.type);
    };
    const thrown = await read().then(
      () => null,
      (error: unknown) => error,
    );
    expect(thrown instanceof OpenAI.APIError || kinds.at(-1) === 'response.failed').toBe(true);
    expect(kinds).toContain('response.output_text.delta');
    expect(kinds).not.toContain('response.completed');
  });

  it('[LC-008] a refusal before anything else throws the class of its status', async () => {
    for (const stream of [true, false]) {
      const answer = openai.responses.create({ model: `${provider}/u20-no-model`, input: 'Go.', stream });
      await expect(answer).rejects.toThrow(OpenAI.NotFoundError);
    }
  });
});

it('[CP-1] nothing is kept, so nothing is found', async () => {
  const { id } = await openai.responses.create({ model: 'up/ok', input: 'Go.', store: true });
  await expect(openai.responses.retrieve(id)).rejects.toThrow(OpenAI.NotFoundError);
});

it('[CP-1] what cannot be kept is refused: a response refers to no earlier one', async () => {
  const answer = openai.responses.create({ model: 'up/ok', input: 'Go.', previous_response_id: 'resp_1' });
  await expect(answer).rejects.toThrow(OpenAI.BadRequestError);
});
