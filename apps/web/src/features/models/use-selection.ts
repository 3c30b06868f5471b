import { useChoice } from '../../app/choice.ts';
import { useConfig, useModels, useProviders } from '../../client/queries.ts';
import { chatModels, modelInForce, providerInForce } from './selection.ts';

/** The selection in force, and the queries it comes from. */
export function useSelection() {
  const pickedProvider = useChoice((choice) => choice.providerId);
  const pickedModels = useChoice((choice) => choice.modelIds);
  const providers = useProviders();
  const config = useConfig();
  const provider = providerInForce(providers.data ?? [], pickedProvider);
  const models = useModels(provider);
  const listed = chatModels(models.data ?? []);
  const configured = config.data?.providers.find(({ id }) => id === provider?.id)?.default_model;
  const modelId = provider && modelInForce(listed, pickedModels[provider.id], configured);
  return { providers, provider, models, listed, modelId };
}

export type Selection = ReturnType<typeof useSelection>;
