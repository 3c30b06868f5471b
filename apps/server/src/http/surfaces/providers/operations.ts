import { modelInfoSchema, providerInfoSchema } from '@lightchat/protocol';
import * as z from 'zod';
import type { SurfaceDescription } from '../../kit/operation.ts';

export const providers: SurfaceDescription = {
  name: 'Providers and models',
  about: 'Who can answer.',
  operations: [
    {
      id: 'listProviders',
      method: 'GET',
      path: '/providers',
      summary: 'List providers',
      about:
        'Never waits for one: a provider that does not answer is `unreachable` in an answer that is there at once.',
      answers: { 200: { about: 'Those of the settings, in their order.', json: z.array(providerInfoSchema) } },
    },
    {
      id: 'listModels',
      method: 'GET',
      path: '/models/:provider_id',
      summary: "List a provider's models",
      params: { provider_id: 'The id it has in the settings.' },
      answers: { 200: { about: 'Its models.', json: z.array(modelInfoSchema) } },
      errors: [
        'PROVIDER_NOT_FOUND',
        'PROVIDER_UNREACHABLE',
        'PROVIDER_UNAUTHORIZED',
        'PROVIDER_ERROR',
        'PROVIDER_TIMEOUT',
      ],
      example: { path: '/models/demo' },
    },
  ],
};
