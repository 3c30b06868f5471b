import type { LLMProvider, ProviderDirectory } from '../../../engine/ports.ts';
import { resolveModel } from '../../../engine/resolve-model.ts';

/** How long providers are waited for that were never heard of: only a bare id, or a list, needs to know what they have. */
const LISTING_MS = 700;

export interface AddressedModel {
  provider: LLMProvider;
  model_id: string;
  /** `provider_id/model_id`, whatever it was asked for as. */
  address: string;
}

/** Not asked for any: the default one. Rejects like `resolveModel`. */
export async function addressModel(
  providers: ProviderDirectory,
  asked: string | undefined,
  signal: AbortSignal,
): Promise<AddressedModel> {
  // A default is looked up at one provider, and without its answer there is none.
  const patience = asked === undefined ? signal : withPatience(signal);
  const { provider, model_id } = await resolveModel(providers, asked, patience);
  return { provider, model_id, address: `${provider.id}/${model_id}` };
}

/** Of a model that is listed and tells it. */
export async function contextLengthOf(
  providers: ProviderDirectory,
  { provider, model_id }: AddressedModel,
  signal: AbortSignal,
): Promise<number | undefined> {
  const known = await providers.knownModels(withPatience(signal));
  return known.find((one) => one.provider.id === provider.id && one.model.id === model_id)?.model.context_length;
}

export function withPatience(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(LISTING_MS)]);
}
