// ${NAME} in a host or a key of the operator's own file → the environment's value. Nowhere else.
import type { ProviderConfig, Settings } from '@lightchat/protocol';
import { hasReference, hostFault, keyFault } from './rules.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings that are in force. A key whose variable is unset is null; a provider whose host cannot be
 * made is left out, with a warning. The literal reference never gets further than this.
 */
export function expandSettings(document: Settings, env: Environment): { settings: Settings; warnings: string[] } {
  const warnings: string[] = [];
  const providers = document.providers.flatMap((provider): ProviderConfig[] => {
    const expanded = { ...provider };
    if (provider.api_key) expanded.api_key = expandKey(provider.id, provider.api_key, env, warnings);
    if (provider.host !== undefined && hasReference(provider.host)) {
      const { text, missing } = expand(provider.host, env);
      const fault = missing === undefined ? hostFault(text) : `needs the environment variable ${missing}`;
      if (fault !== undefined) {
        warnings.push(`settings.yaml: provider ${provider.id} is left out: its host ${fault}`);
        return [];
      }
      expanded.host = text;
    }
    return [expanded];
  });
  const hasDefault = providers.some((provider) => provider.id === document.default_provider);
  const settings = { ...document, default_provider: hasDefault ? document.default_provider : null, providers };
  return { settings, warnings };
}

function expandKey(id: string, written: string, env: Environment, warnings: string[]): string | null {
  if (!hasReference(written)) return written;
  const { text, missing } = expand(written, env);
  // The generated file names a variable that few have set: the provider's own status says that the key is missing.
  if (missing !== undefined && written === `\${${missing}}`) return null;
  const fault = missing === undefined ? keyFault(text) : `the environment variable ${missing} is not set`;
  if (fault === undefined) return text;
  warnings.push(`settings.yaml: provider ${id} has no key: ${fault}`);
  return null;
}

/** `missing`: the first variable that is unset or empty, or a reference that is not well formed. */
function expand(text: string, env: Environment): { text: string; missing: string | undefined } {
  let missing: string | undefined;
  const expanded = text.replace(/\$\{([^}]*)\}?/g, (_, name: string) => {
    const known = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
    const value = known ? env[name]?.trim() : undefined;
    if (!value) missing ??= known ? name : '(its name is not well formed)';
    return value ?? '';
  });
  return { text: expanded, missing };
}
