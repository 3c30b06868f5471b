import type { EmbeddingRequest, Embeddings } from '../../engine/ports.ts';
import { readVector } from '../kit/embeddings.ts';
import { asCount, type JsonObject } from '../kit/json-value.ts';

/** The body of `POST /api/embed`. A text that is too long is refused rather than cut. */
export function toEmbeddingRequest({ model_id, input, dimensions }: EmbeddingRequest): JsonObject {
  return { model: model_id, input, dimensions, truncate: false };
}

/** undefined when it is no list of vectors. */
export function readEmbeddings({ embeddings, prompt_eval_count }: JsonObject): Embeddings | undefined {
  if (!Array.isArray(embeddings)) return undefined;
  const vectors = embeddings.map(readVector);
  if (!vectors.every((vector) => vector !== undefined)) return undefined;
  return { vectors, prompt_tokens: asCount(prompt_eval_count) ?? null };
}
