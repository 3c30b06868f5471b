import type { EmbeddingRequest, Embeddings } from '../../engine/ports.ts';
import { readVector } from '../kit/embeddings.ts';
import { asCount, isObject, type JsonObject } from '../kit/json-value.ts';

/** The body of `POST /embeddings`. */
export function toEmbeddingRequest({ model_id, input, dimensions }: EmbeddingRequest): JsonObject {
  return { model: model_id, input, dimensions, encoding_format: 'float' };
}

/** undefined when it is no list of vectors. Some servers answer in base64 whatever was asked. */
export function readEmbeddings({ data, usage }: JsonObject): Embeddings | undefined {
  if (!Array.isArray(data)) return undefined;
  const vectors: number[][] = [];
  for (const [place, entry] of data.entries()) {
    const vector = isObject(entry) ? readEither(entry.embedding) : undefined;
    if (!vector) return undefined;
    vectors[asCount(entry.index) ?? place] = vector;
  }
  // A place named twice leaves another one empty.
  if (vectors.length !== data.length || Object.keys(vectors).length !== data.length) return undefined;
  return { vectors, prompt_tokens: (isObject(usage) ? asCount(usage.prompt_tokens) : undefined) ?? null };
}

/** A list of numbers, or the base64 of little-endian 32-bit floats. */
function readEither(value: unknown): number[] | undefined {
  if (typeof value !== 'string') return readVector(value);
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  return readVector(Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4)));
}
