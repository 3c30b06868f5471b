/**
 * One streamed answer over HTTP, from the request to the last event. Callbacks up to the queue, one async
 * hop per upstream read after it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Limits } from '@lightchat/protocol';
import type { Dispatcher } from 'undici';
import type { ModelEvent } from '../../engine/ports.ts';
import { Answer } from './answer.ts';
import * as fault from './answer-faults.ts';
import { BatchQueue } from './batch-queue.ts';
import type { EventReader, EventSink } from './event-reader.ts';
import type { Failure } from './failure.ts';
import { networkFailure } from './network-failure.ts';
import { type AskQuietly, watchQuiet } from './quiet-watch.ts';
import { type Asked, refusalByStatus } from './refusal.ts';
import { ResponseBody } from './response-body.ts';
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
  /** Called when no event came for a second, until one does. */
  whileQuiet?: AskQuietly;
}

/** Reads one provider's wire events into an Answer. One per answer. */
export interface Translator {
  /** One event, or the whole body where a JSON document came instead of a stream. */
  read(data: string, name: string | undefined): void;
}

/** Unread bytes at which the socket is paused; about one socket read. */
const PAUSE_BYTES = 65_536;
/** How long usage may take after the finish reason, and the end of the body after the last event. */
const LINGER_MS = 1000;
/** A refusal whose body does not end is reported with what came until then. */
const REFUSAL_MS = 5000;
/** Comments count as signs of life, but not for ever: so many times the idle limit without an event. */
const PATIENCE = 5;

export class AnswerStream implements Dispatcher.DispatchHandler {
  readonly #answer: Answer;
  readonly #input: AnswerRequest;
  readonly #queue: BatchQueue<ModelEvent>;
  readonly #body: ResponseBody;
  readonly #translator: Translator;
  #batch: ModelEvent[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Changes with everything that ends or renews a wait. */
  #signs = 0;
  #endQuiet: (() => void) | undefined;
  #lastEvent = 0;
  /** An event came with the current read. */
  #sawEvent = false;
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
      onTooLarge: () => this.#onTooLarge(),
    };
    this.#body = new ResponseBody(input.createReader(sink, input.limits.event_bytes), {
      events_are_json: input.events_are_json,
      max_document: input.limits.event_bytes,
    });
  }

  /** Sends the request. Aborting ends the iterator within a tick and closes the socket. */
  start(): AsyncIterator<readonly ModelEvent[]> {
    const { http, target, request, signal, limits, whileQuiet } = this.#input;
    if (signal.aborted) {
      this.#over = true;
      this.#queue.end();
      return this.#queue;
    }
    signal.addEventListener('abort', this.#onAbort, { once: true });
    const wait = target.reach === 'public' ? limits.headers_remote_ms : limits.headers_local_ms;
    this.#watch(wait, () => this.#answer.fail(fault.noHeaders(target, wait)));
    if (whileQuiet) {
      this.#endQuiet = watchQuiet(whileQuiet, (state) => {
        this.#answer.progress(state);
        this.#flush();
      });
    }
    http.dispatch(dispatchOptions(target, request), this);
    return this.#queue;
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
      this.#body.kind = 'refusal';
      this.#watch(REFUSAL_MS, () => this.#refuse());
      return;
    }
    const encoding = headers['content-encoding'];
    if (status >= 300) this.#answer.fail(fault.redirected(target, status, headers.location));
    else if (encoding && encoding !== 'identity') this.#answer.fail(fault.compressed(target));
    else if (/text\/html/i.test(headers['content-type'] ?? '')) this.#body.kind = 'page';
    this.#flush();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    const taken = this.#body.take(chunk);
    if (this.#sawEvent) this.#onProgress();
    if (taken === 'enough') this.#refuse();
    else if (taken === 'too-large') this.#onTooLarge();
    this.#flush(chunk.length);
  }

  onResponseEnd(): void {
    this.#ended = true;
    this.#unwatch();
    if (this.#over) return;
    const { kind } = this.#body;
    if (kind === 'page' || kind === 'refusal') this.#refuse();
    else if (kind === 'document') this.#translate(this.#body.text(), undefined);
    else this.#body.finish();
    this.#answer.end();
    this.#flush();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#ended = true;
    this.#unwatch();
    if (this.#over) return;
    if (this.#body.kind === 'refusal') this.#refuse();
    else this.#answer.end(networkFailure(this.#input.target, error, this.#status !== 0));
    this.#flush();
  }

  // ── The body ─────────────────────────────────────────────────────────────────────────────────

  #onEvent(data: string, name: string | undefined, last: boolean): void {
    if (this.#answer.phase === 'over') return;
    this.#sawEvent = true;
    // The body ended inside this event: half of one counts as not sent.
    if (last && data !== '[DONE]' && !isJson(data)) return;
    this.#translate(data, name);
  }

  /** Once a read, not once an event. */
  #onProgress(): void {
    this.#sawEvent = false;
    this.#lastEvent = performance.now();
    this.#endQuiet?.();
    this.#endQuiet = undefined;
    if (!this.#paused && !this.#lingering) this.#waitOn();
  }

  #onTooLarge(): void {
    const { target, limits } = this.#input;
    this.#answer.end(fault.tooLarge(target, limits.event_bytes));
  }

  #onAlive(): void {
    const patience = this.#input.limits.idle_ms * PATIENCE;
    if (this.#paused || this.#lingering) return;
    if (performance.now() - this.#lastEvent < patience) this.#waitOn();
  }

  #translate(data: string, name: string | undefined): void {
    try {
      this.#translator.read(data, name);
    } catch (error) {
      this.#answer.fail(fault.broken(this.#input.target, error));
    }
  }

  #refuse(): void {
    const { target, asked } = this.#input;
    const failure: Failure =
      this.#body.kind === 'page'
        ? fault.pageInstead(target, this.#body.text())
        : refusalByStatus(target, asked, this.#status, this.#headers, this.#body.text());
    this.#answer.fail(failure);
  }

  // ── Time, and the end ────────────────────────────────────────────────────────────────────────

  /**
   * A process that stood still (a machine that slept, a debugger) finds its timers due before it has read what arrived
   * meanwhile, so the sockets get their turn before anybody is called silent.
   */
  #watch(ms: number, onLate: () => void): void {
    this.#unwatch();
    this.#timer = setTimeout(() => {
      const signs = this.#signs;
      setImmediate(() => {
        if (signs !== this.#signs) return;
        onLate();
        this.#flush();
      });
    }, ms);
  }

  #waitOn(): void {
    this.#signs += 1;
    this.#timer?.refresh();
  }

  #unwatch(): void {
    this.#signs += 1;
    clearTimeout(this.#timer);
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
    if (!this.#lingering) this.#unwatch();
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
    this.#unwatch();
    this.#endQuiet?.();
    this.#input.signal.removeEventListener('abort', this.#onAbort);
    this.#body.forget();
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
