/** A picture, as each client sends it, arrives as each kind of provider wants it. */
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, type LanguageModel } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, type Gateway, KEY, once, providers, startGateway } from './support/gateway.ts';

let on: Gateway;
beforeAll(async () => {
  on = await startGateway();
});
afterAll(() => on?.stop());

const BYTES = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const BASE64 = BYTES.toString('base64');
const PICTURE = `data:image/png;base64,${BASE64}`;
const QUESTION = 'What is this?';

const openai = () => new OpenAI({ baseURL: on.v1, apiKey: KEY, maxRetries: 0 });
const withAiSdk = (model: LanguageModel) =>
  generateText({
    model,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: QUESTION },
          { type: 'file', data: BYTES, mediaType: 'image/png' },
        ],
      },
    ],
  });
const part = { type: 'image_url' as const, image_url: { url: PICTURE } };

const clients: Record<string, (model: string) => Promise<unknown>> = {
  'openai, chat completions': (model) =>
    openai().chat.completions.create({
      model,
      messages: [{ role: 'user', content: [{ type: 'text', text: QUESTION }, part] }],
    }),
  'openai, responses': (model) => {
    const picture = { type: 'input_image' as const, image_url: PICTURE, detail: 'auto' as const };
    const content: OpenAI.Responses.ResponseInputContent[] = [{ type: 'input_text', text: QUESTION }, picture];
    return openai().responses.create({ model, input: [{ role: 'user', content }] });
  },
  'AI SDK, openai-compatible': (model) =>
    withAiSdk(createOpenAICompatible({ name: 'lightchat', baseURL: on.v1 })(model)),
  'AI SDK, responses': (model) => withAiSdk(createOpenAI({ baseURL: on.v1, apiKey: KEY })(model)),
  LangChain: (model) =>
    new ChatOpenAI({ model, apiKey: KEY, configuration: { baseURL: on.v1 } }).invoke([
      new HumanMessage({ content: [{ type: 'text', text: QUESTION }, part] }),
    ]),
};

describe.each(providers)('pictures, provider %s', (provider) => {
  it.each(Object.entries(clients))('[CP-8] from %s', async (_, send) => {
    const model = once('ok');
    await send(`${provider}/${model}`);
    const asked = bodyOf<{ messages: { role: string; content: unknown }[] }>(on.upstream, model).messages.at(-1);
    if (provider === 'lama') expect(asked).toEqual({ role: 'user', content: QUESTION, images: [BASE64] });
    else {
      expect(asked?.content).toEqual([
        { type: 'text', text: QUESTION },
        { type: 'image_url', image_url: expect.objectContaining({ url: PICTURE }) },
      ]);
    }
  });
});
