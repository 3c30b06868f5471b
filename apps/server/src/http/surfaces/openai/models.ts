/**
 * `GET /v1/models`. The list carries both OpenAI's and Anthropic's names, because clients of either look for models here.
 * Who does not answer is left out; nobody waits for it.
 */
import { AppError, type ModelInfo } from '@lightchat/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { LLMProvider } from '../../../engine/ports.ts';
import { goneSignal } from './answering.ts';
import type { OpenAIContext } from './context.ts';
import { readLetterCase, spell } from './letter-case.ts';
import { addressModel, withPatience } from './model-address.ts';

export function models(app: FastifyInstance, { providers }: Pick<OpenAIContext, 'providers'>): void {
  app.get('/v1/models', async (request, reply) => {
    const known = await providers.knownModels(withPatience(goneSignal(reply)));
    const data = known.map(({ provider, model }) => toModel(provider, model));
    const [first, last] = [data.at(0)?.id ?? null, data.at(-1)?.id ?? null];
    const list = { object: 'list', data, has_more: false, first_id: first, last_id: last };
    return spell(list, lettersOf(request));
  });

  // A wildcard, because ids have slashes and colons.
  app.get<{ Params: { '*': string } }>('/v1/models/*', async (request, reply) => {
    const asked = request.params['*'];
    const gone = goneSignal(reply);
    const { provider, model_id } = await addressModel(providers, asked, gone);
    const known = await providers.knownModels(withPatience(gone));
    const found = known.find((one) => one.provider.id === provider.id && one.model.id === model_id);
    if (found) return spell(toModel(provider, found.model), lettersOf(request));
    throw new AppError('MODEL_NOT_FOUND', `There is no model "${asked.slice(0, 200)}". GET /v1/models lists them.`);
  });
}

/** `provider_id/model_id`, with when it was made left open. */
function toModel(provider: LLMProvider, model: ModelInfo) {
  const { context_length, capabilities } = model;
  return {
    id: `${provider.id}/${model.id}`,
    object: 'model',
    created: 0,
    owned_by: provider.id,
    type: 'model',
    display_name: model.name,
    created_at: '1970-01-01T00:00:00Z',
    ...(context_length === undefined ? {} : { context_length }),
    ...(capabilities === undefined ? {} : { capabilities }),
  };
}

function lettersOf(request: FastifyRequest) {
  return readLetterCase(undefined, request.headers['x-lightchat-case']).letters;
}
