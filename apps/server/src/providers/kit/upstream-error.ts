/**
 * What a provider says about a failure, in the shapes that are in use: `{error: {...}}`, `{error: "text"}`,
 * `{object: "error", ...}`, `{type: "error", error: {...}}`, `{detail: ...}`, `{message: ...}` and plain text.
 */
import { asCount, asText, isObject } from './json-value.ts';

export interface UpstreamError {
  message: string;
  /** Every word that says what kind it is: `code` and `type`, lower case, joined. */
  kind: string;
  /** HTTP status inside the error object, where a stream could not set it any more. */
  status: number | undefined;
  prompt_tokens: number | undefined;
  context_length: number | undefined;
}

export function readUpstreamError(value: unknown): UpstreamError {
  const error = isObject(value) && value.error != null && value.error !== '' ? value.error : value;
  if (!isObject(error)) return { ...NOTHING, message: typeof error === 'string' ? error : '' };
  const code = asCount(error.code) ?? asCount(error.status);
  return {
    message: asText(error.message) ?? asText(error.detail) ?? asText(error.error) ?? '',
    kind: [error.code, error.type, error.status]
      .filter((word) => typeof word === 'string')
      .join(' ')
      .toLowerCase(),
    status: code !== undefined && code >= 400 && code < 600 ? code : undefined,
    prompt_tokens: asCount(error.n_prompt_tokens),
    context_length: asCount(error.n_ctx),
  };
}

const NOTHING = { kind: '', status: undefined, prompt_tokens: undefined, context_length: undefined };

/** Whether a parsed event of a stream is an error in any of its shapes. */
export function isErrorValue(value: Record<string, unknown>): boolean {
  return (
    (value.error != null && value.error !== false && value.error !== '') ||
    value.object === 'error' ||
    value.type === 'error'
  );
}

export function isContextLength({ kind, message }: UpstreamError): boolean {
  if (/context_length|context_size|context_window|string_above_max|prompt_too_long/.test(kind)) return true;
  return /(maximum|available|exceed\w*|larger than|longer than|beyond)[^.]{0,60}context|context (length|window|size)[^.]{0,40}exceed|prompt is too long|input length exceeds/i.test(
    message,
  );
}

export function isModelMissing({ kind, message }: UpstreamError): boolean {
  if (/model_not_found|model_not_exist|deploymentnotfound/.test(kind)) return true;
  return /\b(model|deployment)\b[^.]{0,120}\b(not found|does not exist|not exist|unknown|no such)|not a valid model|(no such|unknown|invalid) model|model_not_found/i.test(
    message,
  );
}

/** What the model lacks that the request needs; undefined when it is not about that. */
export function missingAbility({ message }: UpstreamError): 'images' | 'tools' | 'thinking' | undefined {
  if (!/support|not a multimodal|missing data required|at most 0|unknown variant/i.test(message)) return undefined;
  if (/\bimages?\b|image_url|vision|multimodal/i.test(message)) return 'images';
  if (/\btools?\b|function call/i.test(message)) return 'tools';
  return /think|reasoning/i.test(message) ? 'thinking' : undefined;
}

/** The prompt was refused for what it says; asking again does not help, and the key is not at fault. */
export function isFiltered({ kind, message }: UpstreamError): boolean {
  return (
    /content_filter|content_policy|moderation|responsible_ai/.test(kind) ||
    /content (management |usage )?polic|content filter|requires moderation|was flagged/i.test(message)
  );
}

/** Money or a plan ran out: waiting a minute does not help. */
export function isQuotaSpent({ kind, message }: UpstreamError): boolean {
  return (
    /insufficient_quota|billing|spend|credit|quota_exceeded/.test(kind) ||
    /insufficient (quota|credits?|balance)|spend(ing)? limit|exceeded your current quota/i.test(message)
  );
}
