/** Which provider and model answer next, from what was picked and what there is. Pure. */
import type { ModelInfo, ProviderInfo } from '@lightchat/protocol';

/** The picked one while it exists; else the one the server would take now. */
export function providerInForce(providers: readonly ProviderInfo[], pickedId: string | null): ProviderInfo | undefined {
  return (
    providers.find((provider) => provider.id === pickedId) ??
    providers.find((provider) => provider.default) ??
    providers[0]
  );
}

/** Models that chat: a list may also hold some that only embed. */
export function chatModels(models: readonly ModelInfo[]): ModelInfo[] {
  return models.filter(({ capabilities }) => {
    const onlyEmbeds = capabilities?.includes('embedding') && !capabilities.includes('completion');
    return !onlyEmbeds;
  });
}

/** The one picked last for this provider, else its `default_model` in settings, else the first. */
export function modelInForce(
  models: readonly ModelInfo[],
  pickedId: string | undefined,
  configuredId: string | null | undefined,
): string | undefined {
  const offered = new Set(models.map((model) => model.id));
  return [pickedId, configuredId ?? undefined, models[0]?.id].find((id) => id !== undefined && offered.has(id));
}

/** Another provider to offer when `current` does not work: a real one before the demo. */
export function alternativeTo(
  current: ProviderInfo | undefined,
  providers: readonly ProviderInfo[],
): ProviderInfo | undefined {
  const ready = providers.filter((provider) => provider.status === 'ready' && provider.id !== current?.id);
  return ready.find((provider) => provider.type !== 'demo') ?? ready[0];
}
