/**
 * One streamed answer over HTTP, from the request to the last event. Callbacks up to the queue, one async
 * hop per upstream read after it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import type { Limits } from '@lightchat/protocol';
import type { Dispatcher } from 'undici';
import type { ModelEvent } from '../../engine/ports.ts';
import { Answer } from './answer.ts';
import * as fault from './answer-faults.ts';
import { BatchQueue } from './batch-queue.ts';
import type { EventReader, EventSink } from './event-reader.ts';
import type { Failure } from './failure.ts';
import { networkFailure } from './network-failure.ts';
import { type Asked, refusalByStatus } from './refusal.ts';
import type { Target } from './target.ts';
import { dispatchOptions, type Http, type UpstreamRequest } from './upstream-http.ts';

export interface AnswerRequest {
  target: Target;
  http: Http;
  limits: Limits;
  signal: AbortSignal;
  request: UpstreamRequest;
  asked: Asked;
  createReader(sink: EventSink, maxLength: number): EventReader;
  createTranslator(answer: Answer): Translator;
  /** Whether an event may begin with `{`. Where it may not, such a body is one JSON document. */
  events_are_json: boolean;
  /** Called when no event came for a second. `signal` aborts with the first event, or the end. */
  whileQuiet?(tell: (state: 'loading-model' | 'waiting') => void, signal: AbortSignal): void;
}

/** Reads one provider's wire events into an Answer. One per answer. */
export interface Translator {
  /** One event, or the whole body where a JSON document came instead of a stream. */
  read(data: string, name: string | undefined): void;
}

/** Unread bytes at which the socket is paused; about one socket read. */
const PAUSE_BYTES = 65_536;
/** Silence at the beginning after which it is worth asking what the provider does. */
const QUIET_MS = 1000;
/** How long usage may take after the finish reason, and the end of the body after the last event. */
const LINGER_MS = 1000;
/** Bytes kept of a refusal or a page, for its message. */
const EXCERPT_BYTES = 65_536;
/** A refusal whose body does not end is reported with what came until then. */
const REFUSAL_MS = 5000;
/** Comments count as signs of life, but not for ever: so many times the idle limit without an event. */
const PATIENCE = 5;

type BodyKind = 'unknown' | 'events' | 'document' | 'page' | 'refusal';

export class AnswerStream implements Dispatcher.DispatchHandler {
  readonly #answer: Answer;
  readonly #input: AnswerRequest;
  readonly #queue: BatchQueue<ModelEvent>;
  readonly #reader: EventReader;
  readonly #translator: Translator;
  readonly #decoder = new StringDecoder('utf8');
  #batch: ModelEvent[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #quietTimer: NodeJS.Timeout | undefined;
  #quiet: AbortController | undefined;
  #lastEvent = 0;
  #kind: BodyKind = 'unknown';
  #collected: Buffer[] = [];
  #collectedBytes = 0;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #paused = false;
  /** The reason was given; the rest has little time. */
  #lingering = false;
  /** Nothing more is emitted. */
  #over = false;
  /** The response ended or broke. */
  #ended = false;

  constructor(input: AnswerRequest) {
    this.#input = input;
    this.#queue = new BatchQueue<ModelEvent>({ onTaken: () => this.#resume(), onLeft: () => this.#abandon() });
    this.#answer = new Answer(input.target, (event) => this.#batch.push(event));
    this.#translator = input.createTranslator(this.#answer);
    const sink: EventSink = {
      onEvent: (data, name, last) => this.#onEvent(data, name, last),
      onAlive: () => this.#onAlive(),
      onTooLarge: () => this.#answer.fail(fault.tooLarge(input.target, input.limits.event_bytes)),
    };
    this.#reader = input.createReader(sink, input.limits.event_bytes);
  }

  /** Sends the request. Aborting ends the iterator within a tick and closes the socket. */
  start(): AsyncIterator<readonly ModelEvent[]> {
    const { http, target, request, signal, limits } = this.#input;
    if (signal.aborted) {
      this.#over = true;
      this.#queue.end();
      return this.#queue;
    }
    signal.addEventListener('abort', this.#onAbort, { once: true });
    const wait = target.reach === 'public' ? limits.headers_remote_ms : limits.headers_local_ms;
    this.#watch(wait, () => this.#answer.fail(fault.noHeaders(target, wait)));
    if (this.#input.whileQuiet) this.#quietTimer = setTimeout(() => this.#askQuietly(), QUIET_MS);
    http.dispatch(dispatchOptions(target, request), this);
    return this.#queue;
  }

  #askQuietly(): void {
    this.#quiet = new AbortController();
    const tell = (state: 'loading-model' | 'waiting') => {
      if (this.#quiet?.signal.aborted) return;
      this.#answer.progress(state);
      this.#flush();
    };
    this.#input.whileQuiet?.(tell, this.#quiet.signal);
  }

  #endQuiet(): void {
    clearTimeout(this.#quietTimer);
    this.#quiet?.abort();
    this.#quietTimer = undefined;
    this.#quiet = undefined;
  }

  #flush(bytes = 0): void {
    if (this.#batch.length > 0) {
      const batch = this.#batch;
      this.#batch = [];
      if (this.#queue.push(batch, bytes) > PAUSE_BYTES && !this.#ended) this.#pause();
    }
    if (this.#over) return;
    if (this.#answer.phase === 'over') this.#close();
    else if (this.#answer.phase === 'finishing') this.#linger();
  }

  // ── Callbacks of undici ──────────────────────────────────────────────────────────────────────

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('abandoned'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#over) return;
    const { target } = this.#input;
    this.#status = status;
    this.#headers = headers;
    this.#lastEvent = performance.now();
    this.#watchSilence();
    if (status >= 400) {
      this.#kind = 'refusal';
      this.#watch(REFUSAL_MS, () => this.#refuse());
      return;
    }
    const encoding = headers['content-encoding'];
    if (status >= 300) this.#answer.fail(fault.redirected(target, status, headers.location));
    else if (encoding && encoding !== 'identity') this.#answer.fail(fault.compressed(target));
    else if (/text\/html/i.test(headers['content-type'] ?? '')) this.#kind = 'page';
    this.#flush();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    if (this.#kind === 'unknown') this.#kind = this.#kindByFirstByte(chunk);
    if (this.#kind === 'events' || this.#kind === 'unknown') {
      this.#reader.feed(this.#decoder.write(chunk));
      this.#flush(chunk.length);
      return;
    }
    this.#collected.push(chunk);
    this.#collectedBytes += chunk.length;
    if (this.#kind === 'document') {
      if (this.#collectedBytes > this.#input.limits.event_bytes) {
        this.#answer.fail(fault.tooLarge(this.#input.target, this.#input.limits.event_bytes));
      }
    } else if (this.#collectedBytes > EXCERPT_BYTES) this.#refuse();
    this.#flush();
  }

  onResponseEnd(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#over) return;
    if (this.#kind === 'page' || this.#kind === 'refusal') this.#refuse();
    else if (this.#kind === 'document') this.#translate(this.#text(), undefined);
    else {
      const rest = this.#decoder.end();
      if (rest !== '') this.#reader.feed(rest);
      this.#reader.finish();
    }
    this.#answer.end();
    this.#flush();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#over) return;
    if (this.#kind === 'refusal') this.#refuse();
    else this.#answer.end(networkFailure(this.#input.target, error, this.#status !== 0));
    this.#flush();
  }

  // ── The body ─────────────────────────────────────────────────────────────────────────────────

  #kindByFirstByte(chunk: Buffer): BodyKind {
    for (const byte of chunk) {
      // White space, and the three bytes of a byte order mark.
      if (byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf) continue;
      if (byte === 0x3c) return 'page';
      return byte === 0x7b && !this.#input.events_are_json ? 'document' : 'events';
    }
    return 'unknown';
  }

  #onEvent(data: string, name: string | undefined, last: boolean): void {
    if (this.#answer.phase === 'over') return;
    if (this.#quietTimer) this.#endQuiet();
    this.#lastEvent = performance.now();
    if (!this.#paused && !this.#lingering) this.#timer?.refresh();
    // The body ended inside this event: half of one counts as not sent.
    if (last && data !== '[DONE]' && !isJson(data)) return;
    this.#translate(data, name);
  }

  #onAlive(): void {
    const patience = this.#input.limits.idle_ms * PATIENCE;
    if (this.#paused || this.#lingering) return;
    if (performance.now() - this.#lastEvent < patience) this.#timer?.refresh();
  }

  #translate(data: string, name: string | undefined): void {
    try {
      this.#translator.read(data, name);
    } catch (error) {
      this.#answer.fail(fault.broken(this.#input.target, error));
    }
  }

  #text(): string {
    return Buffer.concat(this.#collected).toString('utf8');
  }

  #refuse(): void {
    const { target, asked } = this.#input;
    const failure: Failure =
      this.#kind === 'page'
        ? fault.pageInstead(target, this.#text())
        : refusalByStatus(target, asked, this.#status, this.#headers, this.#text());
    this.#answer.fail(failure);
  }

  // ── Time, and the end ────────────────────────────────────────────────────────────────────────

  #watch(ms: number, onLate: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      onLate();
      this.#flush();
    }, ms);
  }

  #watchSilence(): void {
    const { target, limits } = this.#input;
    this.#watch(limits.idle_ms, () => this.#answer.end(fault.silent(target, limits.idle_ms)));
  }

  #linger(): void {
    if (this.#lingering) return;
    this.#lingering = true;
    this.#watch(LINGER_MS, () => this.#answer.done());
  }

  #pause(): void {
    this.#paused = true;
    this.#controller?.pause();
    if (!this.#lingering) clearTimeout(this.#timer);
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#over) return;
    this.#lastEvent = performance.now();
    if (!this.#lingering) this.#watchSilence();
    this.#controller?.resume();
  }

  readonly #onAbort = (): void => {
    this.#queue.discard();
    this.#abandon();
  };

  /** Nobody wants the rest. */
  #abandon(): void {
    if (this.#over) return;
    this.#forget();
    this.#controller?.abort(new Error('abandoned'));
  }

  /** The end was emitted. A proper end leaves the connection a moment to become free for the next request. */
  #close(): void {
    this.#forget();
    this.#queue.end();
    if (this.#ended) return;
    const release = () => this.#controller?.abort(new Error('done'));
    if (this.#paused || this.#answer.failed) release();
    else this.#timer = setTimeout(release, LINGER_MS);
  }

  #forget(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#endQuiet();
    this.#input.signal.removeEventListener('abort', this.#onAbort);
    this.#collected = [];
  }
}

function isJson(data: string): boolean {
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}
