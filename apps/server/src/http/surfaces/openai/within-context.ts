import type { CompletionRequest } from '../../../engine/completions.ts';
import type { ProviderDirectory } from '../../../engine/ports.ts';
import { fittingLimit } from './limit-tokens.ts';
import { type AddressedModel, contextLengthOf } from './model-address.ts';

/** The request with a token limit that its model can hold, where the size of its context is known. */
export async function withinContext(
  providers: ProviderDirectory,
  wanted: CompletionRequest,
  model: AddressedModel,
  gone: AbortSignal,
): Promise<CompletionRequest> {
  const { max_tokens, ...request } = wanted;
  if (max_tokens === undefined) return request;
  const context_length = await contextLengthOf(providers, model, gone);
  const limit = context_length ? fittingLimit(wanted, context_length) : max_tokens;
  return limit === undefined ? request : { ...request, max_tokens: limit };
}
