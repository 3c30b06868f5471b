import type { LLMProvider, ProviderDirectory } from './ports.ts';

/**
 * Which model `address` means: `provider_id/model_id`; or a bare model id, of the only provider that lists it, else of
 * the default provider. Absent: the default provider's default model. Rejects with PROVIDER_NOT_FOUND, or like
 * `defaultModel`.
 */
export async function resolveModel(
  providers: ProviderDirectory,
  address: string | undefined,
  signal: AbortSignal,
): Promise<{ provider: LLMProvider; model_id: string }> {
  const fallback = providers.resolve(undefined);
  if (address === undefined) return { provider: fallback, model_id: await providers.defaultModel(fallback, signal) };
  const slash = address.indexOf('/');
  if (slash > 0 && slash < address.length - 1 && providers.has(address.slice(0, slash))) {
    return { provider: providers.resolve(address.slice(0, slash)), model_id: address.slice(slash + 1) };
  }
  const holders = (await providers.knownModels(signal)).filter(({ model }) => model.id === address);
  const [only] = holders;
  return { provider: only && holders.length === 1 ? only.provider : fallback, model_id: address };
}
