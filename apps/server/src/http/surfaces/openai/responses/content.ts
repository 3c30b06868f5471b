/** Content parts of an item, as text and pictures. */
import type { PromptPart } from '../../../../engine/ports.ts';
import { imageUrl } from '../message-schema.ts';
import { invalidRequest } from '../read-request.ts';
import type { Part } from './request-body.ts';

const TEXT_TYPES = new Set(['input_text', 'output_text', 'text', 'summary_text', 'reasoning_text']);

/** Throws INVALID_REQUEST, naming `path`, for what no model here could read: leaving it out would change the question. */
export function toParts(content: readonly Part[], path: string): PromptPart[] {
  return content.map((part, at) => toPart(part, `${path}.${at}`));
}

export function textOf(parts: readonly PromptPart[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function toPart(part: Part, path: string): PromptPart {
  if (TEXT_TYPES.has(part.type)) {
    if (typeof part.text !== 'string') throw invalidRequest(`${path}.text`, 'Expected text.');
    return { type: 'text', text: part.text };
  }
  if (part.type === 'refusal' && typeof part.refusal === 'string') return { type: 'text', text: part.refusal };
  if (part.type === 'input_image' || part.type === 'image_url') return toImage(part, path);
  if (part.type === 'input_file') {
    const message = 'Files cannot be read here. Send their text as an input_text part, or pictures as input_image.';
    throw invalidRequest(path, message);
  }
  throw invalidRequest(`${path}.type`, `Content of the type "${part.type}" cannot be read here.`);
}

function toImage(part: Part, path: string): PromptPart {
  const named = part.image_url;
  const url = typeof named === 'object' && named !== null && 'url' in named ? named.url : named;
  if (!imageUrl.safeParse(url).success) {
    const message = 'No files are kept here: send a picture in image_url, as a base64 data: URL or an http(s) URL.';
    throw invalidRequest(`${path}.image_url`, message);
  }
  return { type: 'image', url: String(url), ...(typeof part.detail === 'string' ? { detail: part.detail } : {}) };
}
