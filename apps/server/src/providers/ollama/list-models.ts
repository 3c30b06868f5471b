import type { ModelInfo } from '@lightchat/protocol';
import { toAppError } from '../kit/failure.ts';
import { notJson, requestJson } from '../kit/request-json.ts';
import type { Target } from '../kit/target.ts';
import type { Http } from '../kit/upstream-http.ts';
import { type ListedModel, type ModelDetails, readShow, readTags, withTag } from './models.ts';

/** Questions at a time: an Ollama on a small machine is easily busy. */
const AT_ONCE = 4;
/** The list does not wait longer for details; what is missing is asked again with the next list. */
const DETAILS_MS = 1000;

export interface ModelLister {
  listModels(signal: AbortSignal): Promise<ModelInfo[]>;
  /** From the last listing; undefined while nothing is known of the model. */
  capabilitiesOf(model_id: string): readonly string[] | undefined;
}

/** Lists models with their details. Each model is asked about once, until it changes. */
export function createModelLister(target: Target, http: Http): ModelLister {
  const known = new Map<string, ModelDetails>();
  let last: readonly ModelInfo[] = [];
  const keyOf = ({ info, digest }: ListedModel) => `${info.id} ${digest}`;

  async function learn(unknown: ListedModel[], signal: AbortSignal): Promise<void> {
    const next = unknown.values();
    const worker = async () => {
      for (const model of next) {
        const body = { model: model.info.id };
        known.set(keyOf(model), readShow(await requestJson({ target, http, signal, path: '/api/show', body })));
      }
    };
    // A list without details is better than none.
    await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  }

  return {
    async listModels(signal) {
      const listed = readTags(await requestJson({ target, http, signal, path: '/api/tags' }));
      if (!listed) throw toAppError(notJson(target));
      const keys = new Set(listed.map(keyOf));
      for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
      const unknown = listed.filter((model) => !known.has(keyOf(model)));
      if (unknown.length > 0) await learn(unknown, AbortSignal.any([signal, AbortSignal.timeout(DETAILS_MS)]));
      signal.throwIfAborted();
      const models = listed.map((model) => ({ ...known.get(keyOf(model)), ...model.info }));
      last = models;
      return models;
    },
    capabilitiesOf: (model_id) => last.find(({ id }) => withTag(id) === withTag(model_id))?.capabilities,
  };
}
