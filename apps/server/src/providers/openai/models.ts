import type { ModelInfo } from '@lightchat/protocol';
import { asCount, asText, isObject, type JsonObject } from '../kit/json-value.ts';

/** The models of `GET /models`; undefined when the document is no list of models. */
export function readModels(document: unknown): ModelInfo[] | undefined {
  const list = isObject(document) ? (document.data ?? document.models) : document;
  if (!Array.isArray(list)) return undefined;
  const models = new Map<string, ModelInfo>();
  for (const entry of list) {
    const model = isObject(entry) ? readModel(entry) : undefined;
    if (model) models.set(model.id, model);
  }
  // A list of something else is no list of models; an empty one is.
  return models.size === 0 && list.length > 0 ? undefined : [...models.values()];
}

function readModel(entry: JsonObject): ModelInfo | undefined {
  const id = asText(entry.id);
  if (!id) return undefined;
  const model: ModelInfo = { id, name: asText(entry.name) ?? asText(entry.display_name) ?? id };
  const context_length = readContextLength(entry);
  if (context_length) model.context_length = context_length;
  const capabilities = readCapabilities(entry);
  if (capabilities.length > 0) model.capabilities = capabilities;
  return model;
}

/** OpenRouter and Together, vLLM, Groq, Mistral and LM Studio, llama.cpp. */
function readContextLength(entry: JsonObject): number | undefined {
  const meta = isObject(entry.meta) ? entry.meta : {};
  return (
    asCount(entry.context_length) ||
    asCount(entry.max_model_len) ||
    asCount(entry.context_window) ||
    asCount(entry.max_context_length) ||
    asCount(meta.n_ctx) ||
    asCount(meta.n_ctx_train)
  );
}

function readCapabilities(entry: JsonObject): string[] {
  const found = new Set<string>();
  const { architecture, capabilities, supported_parameters } = entry;
  if (isObject(architecture) && includes(architecture.input_modalities, 'image')) found.add('vision');
  if (includes(supported_parameters, 'tools')) found.add('tools');
  if (includes(supported_parameters, 'reasoning')) found.add('thinking');
  if (isObject(capabilities)) {
    if (capabilities.function_calling === true) found.add('tools');
    if (capabilities.vision === true) found.add('vision');
  } else if (Array.isArray(capabilities)) {
    for (const word of capabilities) if (typeof word === 'string') found.add(word.toLowerCase());
  }
  return [...found];
}

function includes(list: unknown, word: string): boolean {
  return Array.isArray(list) && list.includes(word);
}
