/** What every adapter does for embeddings, whatever their shape. */
import type { Limits } from '@lightchat/protocol';
import type { Embeddings } from '../../engine/ports.ts';
import { failureOf, toAppError } from './failure.ts';
import { isObject, type JsonObject } from './json-value.ts';
import type { Asked } from './refusal.ts';
import { requestJson } from './request-json.ts';
import type { Target } from './target.ts';
import type { Http } from './upstream-http.ts';

/** About a thousand vectors of three thousand numbers. */
const MAX_BYTES = 67_108_864;

export interface EmbeddingQuestion {
  target: Target;
  http: Http;
  limits: Limits;
  signal: AbortSignal;
  path: string;
  body: JsonObject;
  asked: Asked;
  /** How many vectors are wanted. */
  count: number;
  read(document: JsonObject): Embeddings | undefined;
}

/** Rejects like `requestJson`, or with PROVIDER_ERROR when the answer is not one vector for each input. */
export async function requestEmbeddings({ limits, count, read, ...question }: EmbeddingQuestion): Promise<Embeddings> {
  const { target } = question;
  // Nothing comes before the whole answer does, so what bounds the wait for a beginning bounds all of it.
  const timeout_ms = target.reach === 'public' ? limits.headers_remote_ms : limits.headers_local_ms;
  const document = await requestJson({ ...question, timeout_ms, max_bytes: MAX_BYTES });
  const embeddings = isObject(document) ? read(document) : undefined;
  if (embeddings?.vectors.length === count) return embeddings;
  const message = `${target.name} did not answer with one vector for each text.`;
  throw toAppError(
    failureOf(target, 'PROVIDER_ERROR', message, { retry: 'never', details: { reason: 'bad_embeddings' } }),
  );
}

/** undefined when it is no list of numbers. */
export function readVector(value: unknown): number[] | undefined {
  const isVector = Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
  return isVector ? (value as number[]) : undefined;
}
