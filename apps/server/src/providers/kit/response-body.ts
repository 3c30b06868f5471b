import { StringDecoder } from 'node:string_decoder';
import type { EventReader } from './event-reader.ts';

/**
 * `events`: cut into events as it comes. The others are collected: `document` is one JSON value where a
 * stream was asked for, `page` is HTML, `refusal` belongs to an error status.
 */
export type BodyKind = 'unknown' | 'events' | 'document' | 'page' | 'refusal';

/** Bytes kept of a refusal or a page, for its message. */
const EXCERPT_BYTES = 65_536;

/** The body of a response, whatever it turns out to be. */
export class ResponseBody {
  kind: BodyKind = 'unknown';
  readonly #reader: EventReader;
  readonly #events_are_json: boolean;
  readonly #maxDocument: number;
  readonly #decoder = new StringDecoder('utf8');
  #collected: Buffer[] = [];
  #size = 0;

  constructor(reader: EventReader, options: { events_are_json: boolean; max_document: number }) {
    this.#reader = reader;
    this.#events_are_json = options.events_are_json;
    this.#maxDocument = options.max_document;
  }

  /** `enough`: what is still to come does not matter. */
  take(chunk: Buffer): 'more' | 'enough' | 'too-large' {
    // Content types are often wrong; the first byte of an event, a document or a page is not.
    if (this.kind === 'unknown') this.kind = this.#kindByFirstByte(chunk);
    if (this.kind === 'events' || this.kind === 'unknown') {
      this.#reader.feed(this.#decoder.write(chunk));
      return 'more';
    }
    this.#collected.push(chunk);
    this.#size += chunk.length;
    if (this.kind === 'document') return this.#size > this.#maxDocument ? 'too-large' : 'more';
    return this.#size > EXCERPT_BYTES ? 'enough' : 'more';
  }

  /** The body ended properly: hands out an event that lacks only its end mark. */
  finish(): void {
    const rest = this.#decoder.end();
    if (rest !== '') this.#reader.feed(rest);
    this.#reader.finish();
  }

  /** What was collected. */
  text(): string {
    return Buffer.concat(this.#collected).toString('utf8');
  }

  forget(): void {
    this.#collected = [];
  }

  #kindByFirstByte(chunk: Buffer): BodyKind {
    for (const byte of chunk) {
      // White space, and the three bytes of a byte order mark.
      if (byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf) continue;
      if (byte === 0x3c) return 'page';
      return byte === 0x7b && !this.#events_are_json ? 'document' : 'events';
    }
    return 'unknown';
  }
}
