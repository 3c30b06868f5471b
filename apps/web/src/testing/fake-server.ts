/**
 * LightChat's server in memory, behind `fetch`: conversations, runs and their events, with the server's own reducer.
 * Tests write runs event by event, cut connections, and kill and restart the whole thing. What was appended is durable.
 */
import type {
  ChatEvent,
  ChatRequest,
  ErrorBody,
  Message,
  NewChatEvent,
  Run,
  TerminalStatus,
} from '@lightchat/protocol';
import { applyEvents } from '@lightchat/protocol/apply-event';

export interface FakeRun {
  run: Run;
  events: ChatEvent[];
  message: Message;
}

type Sink = (text: string) => void;
interface Connection {
  path: string;
  write: Sink;
  close: () => void;
  cut: () => void;
}

export class FakeServer {
  readonly runs = new Map<string, FakeRun>();
  readonly messages = new Map<string, Message>();
  readonly leaves = new Map<string, string>();
  readonly requests: { method: string; path: string; body: unknown }[] = [];
  /** Refuses the next `POST /runs` with this. */
  refuse: { status: number; body: ErrorBody } | undefined;
  /** Answers to `POST /runs` are lost, although the run was stored. */
  loseAnswers = 0;
  /** Ends each event stream after so many events. */
  cutAfter: (() => number) | undefined;
  isUp = true;
  #byKey = new Map<string, string>();
  #connections = new Set<Connection>();
  #count = 0;

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const path = String(input);
    const method = init.method ?? 'GET';
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    this.requests.push({ method, path, body });
    if (!this.isUp) throw new TypeError('Failed to fetch');
    init.signal?.throwIfAborted();
    return this.#route(method, path, body, init.signal ?? undefined);
  };

  requestsTo(method: string, path: string | RegExp) {
    return this.requests.filter(
      (r) => r.method === method && (typeof path === 'string' ? r.path === path : path.test(r.path)),
    );
  }

  /** Starts a run as another page would. */
  startRun(request: ChatRequest): Run {
    const known = this.#byKey.get(request.idempotency_key ?? '');
    if (known) return this.#run(known).run;
    const conversation_id = request.conversation_id ?? this.#id('conv');
    const parent_id = request.parent_id === undefined ? (this.leaves.get(conversation_id) ?? null) : request.parent_id;
    const shared = {
      conversation_id,
      provider_id: request.provider_id ?? 'demo',
      model_id: request.model_id ?? 'demo-model',
    };
    const plain = { finish_reason: null, usage: null, error: null, created_at: new Date().toISOString() };
    const question: Message = {
      ...shared,
      ...plain,
      id: this.#id('msg'),
      parent_id,
      role: 'user',
      status: 'completed',
      run_id: null,
      parts: [{ type: 'text', text: request.prompt ?? '' }],
    };
    const run: Run = {
      ...shared,
      ...plain,
      id: this.#id('run'),
      message_id: this.#id('msg'),
      status: 'running',
      attempts: 1,
      next_index: 0,
      duration_ms: null,
      first_output_ms: null,
      finished_at: null,
    };
    const message: Message = {
      ...shared,
      ...plain,
      id: run.message_id,
      parent_id: question.id,
      role: 'assistant',
      status: 'running',
      run_id: run.id,
      parts: [],
    };
    this.messages.set(question.id, question);
    this.messages.set(message.id, message);
    this.leaves.set(conversation_id, message.id);
    this.runs.set(run.id, { run, events: [], message });
    if (request.idempotency_key) this.#byKey.set(request.idempotency_key, run.id);
    this.append(run.id, {
      type: 'run-started',
      ...shared,
      run_id: run.id,
      message_id: message.id,
      user_message_id: question.id,
      created_at: run.created_at,
    });
    return run;
  }

  /** Stores events and hands them to whoever follows the run. */
  append(runId: string, ...added: NewChatEvent[]): void {
    const entry = this.#run(runId);
    for (const event of added) {
      const indexed = { ...event, index: entry.events.length } as ChatEvent;
      entry.events.push(indexed);
      entry.message = applyEvents(entry.message, [indexed]);
      this.messages.set(entry.message.id, entry.message);
      for (const connection of this.#following(runId)) connection.write(encode(runId, indexed));
    }
    entry.run = { ...entry.run, next_index: entry.events.length };
  }

  write(runId: string, text: string): void {
    this.append(runId, { type: 'text-delta', text });
  }

  finish(runId: string, status: TerminalStatus = 'completed', error?: ErrorBody): void {
    if (this.#run(runId).message.status !== 'running') return;
    if (error) this.append(runId, { type: 'error', error });
    const finish_reason = status === 'completed' ? 'stop' : status;
    this.append(runId, {
      type: 'run-finished',
      status,
      finish_reason,
      usage: null,
      duration_ms: 1,
      finished_at: new Date().toISOString(),
    });
    for (const connection of this.#following(runId)) connection.close();
  }

  /** Breaks every open stream, or those to paths that match, as a network does. */
  cut(path = /./): void {
    for (const connection of [...this.#connections]) if (path.test(connection.path)) connection.cut();
  }

  kill(): void {
    this.isUp = false;
    this.cut();
  }

  /** Comes back with everything that was stored; runs that nobody writes any more are settled. */
  restart(): void {
    this.isUp = true;
    for (const { run, message } of this.runs.values()) {
      if (message.status !== 'running') continue;
      this.finish(run.id, 'interrupted', {
        error_code: 'STREAM_INTERRUPTED',
        message: 'The server was stopped.',
        details: {},
      });
    }
  }

  /** Open streams to paths that match. */
  streams(path: RegExp): number {
    return [...this.#connections].filter((connection) => path.test(connection.path)).length;
  }

  async #route(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    if (method === 'POST' && path === '/runs') return this.#postRun(body as ChatRequest);
    const [, kind, id = '', rest = ''] = /^\/(runs|api\/chat\/sessions)\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    if (kind === 'runs') {
      if (!this.runs.has(id)) return notFound();
      if (rest === 'stop') {
        this.finish(id, 'stopped');
        return Response.json(this.#run(id).run);
      }
      if (rest.startsWith('events')) return this.#events(id, Number(/from=(\d+)/.exec(rest)?.[1] ?? 0), path, signal);
    }
    if (kind === 'api/chat/sessions' && method === 'PATCH') {
      this.leaves.set(id, (body as { active_leaf_id: string }).active_leaf_id);
      return Response.json({});
    }
    if (kind === 'api/chat/sessions' && rest === 'messages') {
      const items = [...this.messages.values()].filter((message) => message.conversation_id === id);
      if (items.length === 0) return notFound();
      return Response.json({ items, active_leaf_id: this.leaves.get(id) ?? null });
    }
    return notFound();
  }

  #postRun(request: ChatRequest): Response {
    if (this.refuse) {
      const { status, body } = this.refuse;
      this.refuse = undefined;
      return Response.json(body, { status });
    }
    const run = this.startRun(request);
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1;
      throw new TypeError('Failed to fetch');
    }
    return Response.json(run, { status: 202 });
  }

  #events(runId: string, from: number, path: string, signal?: AbortSignal): Response {
    const { events, message } = this.#run(runId);
    const isOver = message.status !== 'running';
    if (isOver && from >= events.length) return new Response(null, { status: 204 });
    const encoder = new TextEncoder();
    let left = this.cutAfter?.() ?? Number.POSITIVE_INFINITY;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const connection: Connection = {
          path,
          write: (text) => {
            if (left <= 0 || !this.#connections.has(connection)) return;
            controller.enqueue(encoder.encode(text));
            left -= 1;
            // Errors drop what was not read yet, so a stream that ends early is closed instead: its reader sees no end event.
            if (left <= 0) connection.close();
          },
          close: () => this.#connections.delete(connection) && controller.close(),
          cut: () => this.#connections.delete(connection) && controller.error(new TypeError('network error')),
        };
        this.#connections.add(connection);
        signal?.addEventListener(
          'abort',
          () => this.#connections.delete(connection) && controller.error(signal.reason),
        );
        for (const event of events.slice(from)) connection.write(encode(runId, event));
        if (isOver) connection.close();
      },
    });
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  }

  #following(runId: string): Connection[] {
    return [...this.#connections].filter(({ path }) => path.startsWith(`/runs/${runId}/events`));
  }

  #run(id: string): FakeRun {
    const run = this.runs.get(id);
    if (!run) throw new Error(`no run ${id}`);
    return run;
  }

  #id(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${this.#count}`;
  }
}

function encode(runId: string, event: ChatEvent): string {
  return `id: ${runId}:${event.index}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function notFound(): Response {
  return Response.json({ error_code: 'NOT_FOUND', message: 'There is no such thing.', details: {} }, { status: 404 });
}
