// What a settings document must keep beyond the schema, and what deserves a warning.
import { isAbsolute } from 'node:path';
import { limitsSchema, providerConfigSchema, type Settings, settingsSchema } from '@lightchat/protocol';
import type { Issue } from './fault.ts';
import { nameable } from './yaml-text.ts';

/** Faults of a document as written, references to the environment not expanded. */
export function findIssues(document: Settings): Issue[] {
  const issues: Issue[] = [];
  const ids = new Set<string>();
  for (const [index, provider] of document.providers.entries()) {
    const at = (key: string, message: string) => issues.push({ path: ['providers', index, key], message });
    if (ids.has(provider.id)) at('id', 'another provider has this id');
    ids.add(provider.id);
    const host = provider.host === undefined || hasReference(provider.host) ? undefined : hostFault(provider.host);
    if (host !== undefined) at('host', host);
    const key = provider.api_key && !hasReference(provider.api_key) ? keyFault(provider.api_key) : undefined;
    if (key !== undefined) at('api_key', key);
  }
  if (document.default_provider !== null && !ids.has(document.default_provider)) {
    issues.push({ path: ['default_provider'], message: 'no provider has this id' });
  }
  if (document.log_dir !== null && !isAbsolute(document.log_dir)) {
    issues.push({ path: ['log_dir'], message: 'must be an absolute path, or null for the log folder of the system' });
  }
  for (const [index, origin] of document.cors_origins.entries()) {
    if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/.test(origin)) {
      issues.push({ path: ['cors_origins', index], message: 'must be one origin, such as https://chat.example.org' });
    }
  }
  return issues;
}

export function hasReference(text: string): boolean {
  return text.includes(`\${`);
}

/** Why `host` is no address of a provider; undefined when it is one. */
export function hostFault(host: string): string | undefined {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url === undefined || !/^https?:\/\//i.test(host)) return 'must be an http:// or https:// address';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password; use api_key';
  return undefined;
}

/** Why `key` cannot travel in an HTTP header; undefined when it can. */
export function keyFault(key: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'a key has no spaces and no characters outside ASCII';
}

const SECTIONS = {
  logging: settingsSchema.shape.logging.unwrap().shape,
  retry: settingsSchema.shape.retry.unwrap().shape,
  titles: settingsSchema.shape.titles.unwrap().shape,
  limits: limitsSchema.shape,
};

const MODEL_SETTINGS = providerConfigSchema.shape.models.unwrap().unwrap().valueType.shape;

/** One sentence for each key that LightChat does not know. They are kept. */
export function unknownKeys(document: Settings): string[] {
  const sentences: string[] = [];
  const look = (value: object, shape: object, where: string) => {
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(shape, key)) sentences.push(`settings.yaml: ${nameable(key)} ${where} is not a known setting`);
    }
  };
  look(document, settingsSchema.shape, 'at the top');
  for (const [name, shape] of Object.entries(SECTIONS))
    look(document[name as keyof typeof SECTIONS], shape, `in ${name}`);
  for (const provider of document.providers) {
    look(provider, providerConfigSchema.shape, `of provider ${provider.id}`);
    for (const differing of Object.values(provider.models ?? {})) {
      look(differing, MODEL_SETTINGS, `of a model of provider ${provider.id}`);
    }
  }
  return sentences;
}

/** One sentence for each place that names a model of a provider that is not there. It is kept, and passed over. */
export function lostModels(document: Settings): string[] {
  const ids = new Set(document.providers.map(({ id }) => id));
  const sentences = new Set<string>();
  const look = (addresses: readonly string[] | null | undefined, where: string) => {
    for (const address of addresses ?? []) {
      const id = address.slice(0, address.indexOf('/'));
      if (!ids.has(id)) sentences.add(`settings.yaml: ${where} names the provider "${id}", which is not there`);
    }
  };
  const { model } = document.titles;
  look(model === null ? [] : [model], 'titles');
  for (const { id, fallbacks, models } of document.providers) {
    const single = Object.values(models ?? {}).flatMap((differing) => differing.fallbacks ?? []);
    look([...(fallbacks ?? []), ...single], `a fallback of provider ${id}`);
  }
  return [...sentences];
}
