import { AppError, type Attachment, attachmentSchema } from '@lightchat/protocol';
import type { SentMessage } from './request-schema.ts';

/** A message as the client sent it, made ours. */
export interface UserMessage {
  id: string | undefined;
  text: string;
  attachments: Attachment[];
}

/** Throws INVALID_REQUEST where there is nothing to answer, or something that cannot be passed on. */
export function readUserMessage({ id, parts }: SentMessage): UserMessage {
  const text = textOf(parts);
  const attachments = parts.filter(({ type }) => type === 'file').map(readFile);
  if (text.trim() === '' && attachments.length === 0) {
    throw invalid('message', 'A message needs text or an image.');
  }
  if (attachments.length > 16) throw invalid('message', 'A message may have 16 images at most.');
  return { id, text, attachments };
}

export function textOf(parts: SentMessage['parts']): string {
  return parts
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
    .filter((text) => text !== '')
    .join('\n');
}

function readFile({ url, filename }: SentMessage['parts'][number]): Attachment {
  const read = attachmentSchema.safeParse({ url, filename });
  if (read.success) return read.data;
  if (typeof url === 'string' && /^https?:/i.test(url)) {
    const message = 'LightChat fetches nothing from addresses. Send the image itself, as a data: URL.';
    throw invalid('message.parts', message);
  }
  throw invalid('message.parts', 'Only images can be sent along: PNG, JPEG, GIF or WebP, as a base64 data: URL.');
}

export function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_REQUEST', message, { details: { issues: [{ path, message }] } });
}
