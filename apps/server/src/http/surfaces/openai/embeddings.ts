/** `POST /v1/embeddings`. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { LOCAL_OWNER } from '../../kit/context.ts';
import { goneSignal } from './answering.ts';
import { modelSchema } from './chat-request-schema.ts';
import type { OpenAIContext } from './context.ts';
import { readLetterCase, spell } from './letter-case.ts';
import { addressModel } from './model-address.ts';
import { readRequest } from './read-request.ts';

const text = z.string('send text: arrays of tokens are not understood');

export const embeddingsRequestSchema = z.object({
  model: modelSchema,
  input: z.union([text.transform((one) => [one]), z.array(text).min(1, 'nothing to embed').max(2048)]),
  dimensions: z.int().positive().max(65_536).nullish(),
  /** Both are answered with numbers, which every client understands whatever it asked for. */
  encoding_format: z.enum(['float', 'base64']).nullish(),
});

export function embeddings(app: FastifyInstance, { engine, providers }: OpenAIContext): void {
  app.post('/v1/embeddings', async (request, reply) => {
    const { body, letters } = readLetterCase(request.body, request.headers['x-lightchat-case']);
    const { model, input, dimensions } = readRequest(embeddingsRequestSchema, body);
    const gone = goneSignal(reply);
    const { address } = await addressModel(providers, model, gone);
    const wanted = { model: address, input, ...(dimensions ? { dimensions } : {}) };
    const { vectors, prompt_tokens } = await engine.embed(LOCAL_OWNER, wanted, gone);
    const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
    const tokens = prompt_tokens ?? 0;
    return { object: 'list', data, model, usage: spell({ prompt_tokens: tokens, total_tokens: tokens }, letters) };
  });
}
