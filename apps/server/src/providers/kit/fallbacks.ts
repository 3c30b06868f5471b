import type { ProviderConfig } from '@lightchat/protocol';

/** Who answers instead of a model of this provider: its own list, else the provider's. */
export function fallbacksOf(config: ProviderConfig): (model_id: string) => readonly string[] {
  const own = new Map(Object.entries(config.models ?? {}));
  return (model_id) => own.get(model_id)?.fallbacks ?? config.fallbacks ?? [];
}
