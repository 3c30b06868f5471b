/** `openai`, the official client, when something goes wrong: classes, codes, retries, and errors inside a stream. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CANARY } from '../contract/support/contract-server.ts';
import { type Gateway, KEY, numbered, once, providers, startGateway } from './support/gateway.ts';

let on: Gateway;
let openai: OpenAI;
let patient: OpenAI;
beforeAll(async () => {
  on = await startGateway({ providers: '  - { id: nobody, type: openai, host: "http://127.0.0.1:1/v1" }' });
  openai = new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 0 });
  patient = new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 2 });
});
afterAll(() => on?.stop());

const ask = (model: string) => ({ model, messages: [{ role: 'user' as const, content: 'Go.' }] });
const failure = (answer: Promise<unknown>) =>
  answer.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
  );

describe.each(providers)('openai-node, failures, provider %s', (provider) => {
  it.each([
    ['u20-no-model', OpenAI.NotFoundError, 404, 'model_not_found'],
    ['u21-context', OpenAI.BadRequestError, 400, 'context_length_exceeded'],
    ['u18-rate-limit?retry-after=1', OpenAI.RateLimitError, 429, 'rate_limit_exceeded'],
    ['u19-server-error', OpenAI.InternalServerError, 502, 'provider_error'],
    ['u20-refused?status=401', OpenAI.InternalServerError, 502, 'provider_unauthorized'],
    ['u20-refused?status=422', OpenAI.BadRequestError, 400, 'provider_refused'],
    ['u14-empty', OpenAI.InternalServerError, 502, expect.any(String)],
  ])('[LC-008] %s throws the class of its status, streamed or not', async (model, kind, status, code) => {
    for (const stream of [true, false]) {
      const error = await failure(openai.chat.completions.create({ ...ask(`${provider}/${model}`), stream }));
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({ status, code, type: expect.stringMatching(/./) });
      expect(error.message).toMatch(/.{20}/);
      expect(error.message).not.toContain(CANARY);
      expect(error.requestID).toMatch(/./);
    }
  });

  it('[LC-007] tries again when there was a failure that passes, after as long as it was told', async () => {
    for (const model of [once('flaky?fails=1&status=500'), once('flaky?fails=1&status=429&retry-after=1')]) {
      const start = performance.now();
      const answer = await patient.chat.completions.create(ask(`${provider}/${model}`));
      expect(answer.choices[0]?.message.content).toBe(numbered(20));
      expect(on.upstream.requests.filter((request) => request.model === model).length).toBe(2);
      if (model.includes('retry-after')) expect(performance.now() - start).toBeGreaterThan(950);
    }
  });

  it.each(['u20-refused?status=401', 'u20-refused?status=402', 'u21-context', 'u20-no-model'])(
    '[LC-007] does not ask again after %s, which would fail again',
    async (scenario) => {
      const model = once(scenario);
      await failure(patient.chat.completions.create(ask(`${provider}/${model}`)));
      expect(on.upstream.requests.filter((request) => request.model === model).length).toBe(1);
    },
  );

  it.each(['u17-error', 'u9-eof-no-finish', 'u7-reset', 'u10-bad-json'])(
    '[LC-008] %s after three tokens is thrown, never taken for an end',
    async (model) => {
      const stream = await openai.chat.completions.create({ ...ask(`${provider}/${model}`), stream: true });
      let text = '';
      const read = async () => {
        for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
      };
      const error = await failure(read());
      expect(error).toBeInstanceOf(OpenAI.APIError);
      expect(error.message).toMatch(/.{20}/);
      expect(text).toBe(numbered(3));

      const helper = openai.chat.completions.stream(ask(`${provider}/${model}`));
      expect(await failure(helper.finalContent())).toBeInstanceOf(OpenAI.OpenAIError);

      const whole = await failure(openai.chat.completions.create(ask(`${provider}/${model}`)));
      expect(whole).toBeInstanceOf(OpenAI.InternalServerError);
    },
  );
});

describe('openai-node, failures before any provider was asked', () => {
  it('[CP-1] a model of no provider, and a model that nobody has, are not found', async () => {
    for (const model of ['nowhere/ok', 'no-such-model-anywhere']) {
      const error = await failure(openai.chat.completions.create(ask(model)));
      expect(error).toBeInstanceOf(OpenAI.NotFoundError);
      expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    }
  });

  it('[CP-1] a body that cannot be is a bad request that names the parameter', async () => {
    const messages = [{ role: 'robot', content: 'Hi' }] as unknown as OpenAI.ChatCompletionMessageParam[];
    const error = await failure(openai.chat.completions.create({ model: 'up/ok', messages }));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ type: 'invalid_request_error', param: 'messages[0].role' });
  });

  it('[LC-008] a provider that is not there is a server error that names its address', async () => {
    const error = await failure(openai.chat.completions.create(ask('nobody/any')));
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    expect(error).toMatchObject({ code: 'provider_unreachable' });
    expect(error.message).toContain('127.0.0.1:1');
  });

  it('[CP-7] money that ran out is no reason to try again', async () => {
    const model = once('u18-rate-limit?code=insufficient_quota');
    const error = await failure(patient.chat.completions.create(ask(`up/${model}`)));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error.code).toBe('insufficient_quota');
    expect(on.upstream.requests.filter((request) => request.model === model).length).toBe(1);
  });

  it('[CP-1] a route that is not there is an OpenAI error too', async () => {
    const error = await failure(openai.get('/no-such-route'));
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error.type).toMatch(/./);
  });
});
