/** What a scenario has in its hands: one request, and the response in the client's dialect. */
import type { ServerResponse } from 'node:http';
import { createEncoder, type Dialect, type Encoder } from './dialect.ts';

export interface ChatBody {
  model?: string;
  messages?: { role: string; content: unknown }[];
  stream_options?: { include_usage?: boolean };
  [key: string]: unknown;
}

export class Stage {
  readonly dialect: Dialect;
  readonly body: ChatBody;
  readonly model: string;
  /** Parameters after the `?` of the model id. */
  readonly params: URLSearchParams;
  /** 1 for the first request with exactly this model id. */
  readonly turn: number;
  readonly encoder: Encoder;
  readonly response: ServerResponse;
  /** Aborts when the client hangs up. */
  readonly gone: AbortSignal;
  #tokens = 0;
  readonly #onBlocked: (blocked: boolean) => void;

  constructor(input: {
    dialect: Dialect;
    body: ChatBody;
    turn: number;
    response: ServerResponse;
    gone: AbortSignal;
    onBlocked(blocked: boolean): void;
  }) {
    this.dialect = input.dialect;
    this.body = input.body;
    this.turn = input.turn;
    this.response = input.response;
    this.gone = input.gone;
    this.#onBlocked = input.onBlocked;
    this.model = input.body.model ?? '';
    this.params = new URLSearchParams(this.model.split('?')[1] ?? '');
    this.encoder = createEncoder(this.dialect, {
      model: this.model,
      prompt_tokens: JSON.stringify(input.body.messages ?? []).length >> 2,
      completion_tokens: () => this.#tokens,
      include_usage: input.body.stream_options?.include_usage === true,
    });
  }

  number(name: string, otherwise: number): number {
    const value = this.params.get(name);
    return value === null ? otherwise : Number(value);
  }

  word(name: string, otherwise: string): string {
    return this.params.get(name) ?? otherwise;
  }

  /** Status and headers, at once. */
  open(headers: Record<string, string> = {}, status = 200): void {
    this.response.writeHead(status, { 'content-type': this.encoder.content_type, ...headers });
    this.response.flushHeaders();
  }

  raw(bytes: string | Buffer): void {
    if (!this.gone.aborted) this.response.write(bytes);
  }

  /** Like `raw`, but waits until the client has taken it. */
  async pour(bytes: string | Buffer): Promise<void> {
    if (this.gone.aborted || this.response.write(bytes)) return;
    this.#onBlocked(true);
    await new Promise<void>((resolve) => {
      this.response.once('drain', resolve);
      this.gone.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#onBlocked(false);
  }

  start(): void {
    const bytes = this.encoder.start();
    if (bytes) this.raw(bytes);
  }

  text(text: string): void {
    this.#tokens += 1;
    this.raw(this.encoder.text(text));
  }

  reasoning(text: string): void {
    this.#tokens += 1;
    this.raw(this.encoder.reasoning(text));
  }

  finish(reason = 'stop'): void {
    this.raw(this.encoder.finish(reason));
  }

  /** Usage and end mark, and the proper end of the body. */
  end(): void {
    const bytes = this.encoder.end();
    if (bytes) this.raw(bytes);
    this.close();
  }

  /** The body ends here, with whatever was written. */
  close(): void {
    this.response.end();
  }

  /** RST. */
  reset(): void {
    this.response.socket?.resetAndDestroy();
  }

  /** A JSON answer with a status, as this dialect writes errors. */
  refuse(status: number, message: string, more: { code?: string; headers?: Record<string, string> } = {}): void {
    const error =
      this.dialect === 'ollama' ? message : { message, type: 'scripted', param: null, code: more.code ?? null };
    this.response.writeHead(status, { 'content-type': 'application/json', ...more.headers });
    this.response.end(JSON.stringify({ error }));
  }

  /** Resolves early when the client hangs up. */
  async sleep(ms: number): Promise<void> {
    if (this.gone.aborted || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.gone.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }

  /** Says nothing more until the client hangs up. */
  async hang(): Promise<void> {
    if (this.gone.aborted) return;
    await new Promise<void>((resolve) => this.gone.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** `count` numbered tokens, `delay` ms apart. */
  async tokens(count: number, delay = 0): Promise<void> {
    for (let n = 0; n < count && !this.gone.aborted; n += 1) {
      this.text(tokenText(n));
      await this.sleep(delay);
    }
  }
}

/** The n-th token of every numbered stream, so that a test can tell a gap from a repeat. */
export function tokenText(n: number): string {
  return `token${n} `;
}
