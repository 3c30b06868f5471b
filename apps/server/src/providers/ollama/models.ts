import type { ModelInfo } from '@lightchat/protocol';
import { asCount, asText, isObject, type JsonObject } from '../kit/json-value.ts';

/** A model of `/api/tags`. The digest changes when the model behind the name does. */
export interface ListedModel {
  info: ModelInfo;
  digest: string;
}

/** undefined when the document is no list of Ollama's. */
export function readTags(document: unknown): ListedModel[] | undefined {
  if (!isObject(document) || !Array.isArray(document.models)) return undefined;
  return document.models.flatMap((entry) => {
    const id = isObject(entry) ? (asText(entry.model) ?? asText(entry.name)) : undefined;
    if (!isObject(entry) || !id) return [];
    const info: ModelInfo = { id, name: asText(entry.name) ?? id };
    const capabilities = readWords(entry.capabilities);
    if (capabilities) info.capabilities = capabilities;
    return [{ info, digest: asText(entry.digest) ?? '' }];
  });
}

/** What `/api/show` adds: the length the model was trained for, and capabilities where the list has none. */
export type ModelDetails = Pick<ModelInfo, 'context_length' | 'capabilities'>;

export function readShow(document: unknown): ModelDetails {
  if (!isObject(document)) return {};
  const details: ModelDetails = {};
  const context_length = isObject(document.model_info) ? readContextLength(document.model_info) : undefined;
  if (context_length) details.context_length = context_length;
  const capabilities = readWords(document.capabilities);
  if (capabilities) details.capabilities = capabilities;
  return details;
}

function readContextLength(info: JsonObject): number | undefined {
  const architecture = asText(info['general.architecture']);
  return architecture ? asCount(info[`${architecture}.context_length`]) : undefined;
}

function readWords(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : undefined;
}

/** Whether `/api/ps` lists the model. undefined when it cannot be told. */
export function isLoaded(document: unknown, model_id: string): boolean | undefined {
  if (!isObject(document) || !Array.isArray(document.models)) return undefined;
  const wanted = withTag(model_id);
  return document.models.some(
    (entry) =>
      isObject(entry) && [entry.model, entry.name].some((name) => asText(name) && withTag(String(name)) === wanted),
  );
}

/** A name without a tag means the latest. */
export function withTag(name: string): string {
  return name.includes(':') ? name : `${name}:latest`;
}
