/** Lists of models. OpenAI's own entries are bare ids; everybody else adds what they know, each in their own words. */
import type { ModelInfo } from '@lightchat/protocol';
import { asCount, asText, isObject, type JsonObject } from '../kit/json-value.ts';

/** The models of `GET /models`; undefined when the document is no list of models. */
export function readModels(document: unknown): ModelInfo[] | undefined {
  const list = isObject(document) ? (document.data ?? document.models) : document;
  if (!Array.isArray(list)) return undefined;
  const models = new Map<string, ModelInfo>();
  for (const entry of list) {
    const model = isObject(entry) ? readModel(entry, secondEntry(document, entry)) : undefined;
    if (model) models.set(model.id, model);
  }
  // A list of something else is no list of models; an empty one is.
  return models.size === 0 && list.length > 0 ? undefined : [...models.values()];
}

/** llama.cpp lists each model twice, and its capabilities only under `models`. */
function secondEntry(document: unknown, { id }: JsonObject): JsonObject {
  if (!isObject(document) || !Array.isArray(document.data) || !Array.isArray(document.models)) return {};
  const same = document.models.find((entry) => isObject(entry) && (entry.model === id || entry.name === id));
  return isObject(same) ? same : {};
}

function readModel(entry: JsonObject, second: JsonObject): ModelInfo | undefined {
  const id = asText(entry.id);
  if (!id) return undefined;
  const model: ModelInfo = { id, name: asText(entry.name) ?? asText(entry.display_name) ?? id };
  const context_length = readContextLength(entry);
  if (context_length) model.context_length = context_length;
  const capabilities = new Set([...readCapabilities(entry), ...readCapabilities(second)]);
  if (capabilities.size > 0) model.capabilities = [...capabilities];
  return model;
}

/** Each name with those who use it. What a server has allocated counts before what the model was trained for. */
function readContextLength(entry: JsonObject): number | undefined {
  const { meta, metadata, top_provider, capabilities, providers } = entry;
  return (
    asCount(entry.loaded_context_length) || // LM Studio
    countIn(meta, 'n_ctx') || // llama.cpp
    asCount(entry.context_length) || // OpenRouter, Together, Fireworks, SambaNova
    asCount(entry.max_model_len) || // vLLM, SGLang
    asCount(entry.context_window) || // Groq, Vercel
    asCount(entry.max_context_length) || // Mistral, LM Studio
    asCount(entry.context_size) || // Novita
    asCount(entry.max_input_tokens) || // Anthropic
    asCount(entry.inputTokenLimit) || // Gemini, by its own API
    countIn(meta, 'n_ctx_train') || // llama.cpp, while the model is not loaded
    countIn(metadata, 'context_length') || // DeepInfra
    countIn(top_provider, 'context_length') || // OpenRouter
    (isObject(capabilities) ? countIn(capabilities.limits, 'max_context_window_tokens') : undefined) || // GitHub
    (Array.isArray(providers) ? countIn(providers[0], 'context_length') : undefined) // Hugging Face
  );
}

function countIn(value: unknown, name: string): number | undefined {
  return isObject(value) ? asCount(value[name]) : undefined;
}

/** How servers call what a model can do, and how LightChat does. */
const CAPABILITIES = new Map(
  Object.entries({
    tools: ['tools', 'tool_use', 'tool_calls', 'tool_choice', 'tool_calling', 'function_calling', 'supports_tools'],
    vision: ['vision', 'image', 'multimodal', 'image_input', 'supports_image_input', 'vlm'],
    thinking: ['thinking', 'reasoning'],
    embedding: ['embedding', 'embeddings'],
    completion: ['completion', 'completion_chat'],
  }).flatMap(([ours, theirs]) => theirs.map((word) => [word, ours])),
);

function readCapabilities(entry: JsonObject): string[] {
  const { architecture, capabilities, supported_parameters, features, tags, type } = entry;
  const modalities = isObject(architecture) ? architecture.input_modalities : entry.input_modalities;
  const words = [
    ...wordsOf(modalities),
    ...wordsOf(supported_parameters),
    ...wordsOf(entry.supported_features),
    ...wordsOf(features),
    ...wordsOf(tags),
    ...wordsOf(capabilities),
    ...(isObject(capabilities) ? wordsOf(capabilities.supports) : []),
    ...wordsOf(entry).filter((word) => word.startsWith('supports_')),
    ...wordsOf([type]),
  ];
  return words.flatMap((word) => CAPABILITIES.get(word.toLowerCase().replaceAll('-', '_')) ?? []);
}

/** The words of a list, or the names of what is true in an object. */
function wordsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((word) => typeof word === 'string');
  return isObject(value) ? Object.keys(value).filter((name) => value[name] === true) : [];
}
