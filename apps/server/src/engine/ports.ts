/**
 * What the engine asks of the world. The engine itself performs no I/O and reads no clock:
 * every file, socket, table and timer is behind one of these.
 */
import type {
  Attachment,
  Change,
  ChatEvent,
  Conversation,
  DeletedConversation,
  ErrorBody,
  FoundConversation,
  LogEntry,
  Message,
  MessageBranch,
  MessageTree,
  ModelInfo,
  ProviderType,
  Run,
  SessionChange,
  TerminalStatus,
  Usage,
  UsageCount,
  UsageDimension,
  UsageItem,
} from '@lightchat/protocol';

/** The user a request acts for. In local mode it is always `local`. Every stored thing has one. */
export type Owner = string;

export interface Clock {
  /** Wall time, ISO 8601 UTC with milliseconds. For records, never for ordering or measuring. */
  now(): string;
  /** Monotonic milliseconds. For measuring. */
  monotonic(): number;
  /** Resolves after `ms`, or early (without throwing) when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `act` once after `ms` (at most 2^31 - 1), unless the returned function is called before. */
  after(ms: number, act: () => void): () => void;
}

export interface Ids {
  /** A new id such as `run_0k3…`: unguessable, sortable by creation, without a colon. */
  create(prefix: 'conv' | 'msg' | 'run' | 'req'): string;
  /** A short digest of `text`: equal texts give equal digests, and nobody can make two texts agree. */
  digest(text: string): string;
}

export interface Logger {
  /** Never blocks and never throws; drops lines when its bounded queue is full. */
  write(entry: Omit<LogEntry, 'ts'>): void;
}

/** Tells pages that lists changed. Losing one costs a refetch, never data. */
export interface Changes {
  publish(owner: Owner, change: Change): void;
}

// ── Providers ────────────────────────────────────────────────────────────────────────────────

/** A turn as the model reads it, without anything a provider's API adds. */
export type PromptMessage =
  | { role: 'system'; text: string }
  /** `parts` when there is more than text; `text` is then what a provider that cannot see gets. */
  | { role: 'user'; text: string; parts?: PromptPart[] }
  /** `reasoning` goes back only to providers that want it. Tool calls are answered by `tool` turns. */
  | { role: 'assistant'; text: string; reasoning?: string; tool_calls?: PromptToolCall[] }
  | { role: 'tool'; call_id: string; name?: string; text: string };

/** `url`: a `data:` URL, or an http(s) address that only the provider may fetch. */
export type PromptPart = { type: 'text'; text: string } | { type: 'image'; url: string; detail?: string };

export interface PromptToolCall {
  call_id: string;
  name: string;
  /** JSON text as the model wrote it. */
  arguments: string;
  /** What the provider attached to the call and wants back with it (Gemini's thought signatures); for that provider only. */
  provider_data?: Record<string, unknown> | undefined;
}

/** What a caller may ask of a model beside the messages. Adapters leave out what their API has no word for. */
export interface ModelOptions {
  temperature?: number;
  top_p?: number;
  max_tokens?: number;
  stop?: string[];
  seed?: number;
  frequency_penalty?: number;
  presence_penalty?: number;
  reasoning_effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  /** Tokens of context to allocate, where that is decided per request. */
  context_length?: number;
  /** OpenAI tool definitions, as the caller sent them. */
  tools?: Record<string, unknown>[];
  /** OpenAI's `tool_choice`: `auto`, `none`, `required`, or one named function. */
  tool_choice?: string | Record<string, unknown>;
  parallel_tool_calls?: boolean;
  /** JSON of any shape, or JSON that follows a schema. */
  response_format?:
    | { type: 'json' }
    | { type: 'json-schema'; name: string; schema: Record<string, unknown>; strict?: boolean };
}

export interface ModelRequest extends ModelOptions {
  model_id: string;
  messages: PromptMessage[];
}

export interface EmbeddingRequest {
  model_id: string;
  input: string[];
  dimensions?: number;
}

export interface Embeddings {
  /** One vector for each input, in order. */
  vectors: number[][];
  /** Tokens read; null when the provider does not say. */
  prompt_tokens: number | null;
}

/**
 * `safe`: no work was done, trying again costs nothing (connection refused, 429 that says how long to wait).
 * `before-output`: trying again may cost twice, and is allowed while nothing was delivered (5xx, silence).
 * `never`: trying again gives the same answer (4xx).
 */
export type RetryClass = 'safe' | 'before-output' | 'never';

/** What an adapter says while a model answers. */
export type ModelEvent =
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  /** A whole call; adapters join fragments. `arguments` is the exact JSON text. */
  | ({ type: 'tool-call' } & PromptToolCall)
  /** The provider is loading the model or has queued the request. A hint, not output. */
  | { type: 'progress'; state: 'loading-model' | 'waiting' }
  | { type: 'usage'; usage: Usage }
  /** The provider's own finish signal. Without one the run is `interrupted`. */
  | { type: 'finish'; reason: 'stop' | 'length' | 'tool_calls' | 'content_filter' }
  | { type: 'error'; error: ErrorBody; retry: RetryClass /** asked for by the provider */; retry_after_ms?: number };

/** A source of model output. Adapters translate; they never retry, store or log. */
export interface LLMProvider {
  readonly id: string;
  readonly type: ProviderType;
  /** What this provider can do, as data, so that callers branch on facts and not on names. */
  readonly can: { tools: boolean; vision: boolean; reasoning: boolean; list_models: boolean };
  /** From settings; used when a request brings none. */
  readonly system_prompt: string | null;
  readonly default_model: string | null;
  /** Who answers instead when a model here fails before it said anything: `provider_id/model_id`, in order. */
  fallbacks(model_id: string): readonly string[];
  /**
   * The models on offer. Rejects with an AppError: PROVIDER_UNREACHABLE (naming host and remedy),
   * PROVIDER_UNAUTHORIZED, PROVIDER_TIMEOUT or PROVIDER_ERROR. Aborting rejects at once.
   */
  listModels(signal: AbortSignal): Promise<ModelInfo[]>;
  /**
   * Streams one answer in batches: what arrived together from upstream is one non-empty array.
   * Never throws: a failure is an `error` event, after which the iterable ends. Ends without
   * `finish` and without `error` only when `signal` aborted; then it ends within a tick and the
   * upstream request is torn down. Nothing is read ahead without bound: while the consumer waits,
   * unread events stay within `limits.event_bytes` plus one socket read, then the socket is paused.
   */
  chatStream(request: ModelRequest, signal: AbortSignal): AsyncIterable<readonly ModelEvent[]>;
  /** Absent where there are no embeddings. Rejects like `listModels`, or with MODEL_NOT_FOUND. */
  embed?(request: EmbeddingRequest, signal: AbortSignal): Promise<Embeddings>;
}

/** The providers in force. Built from settings; a run keeps the provider object it started with. */
export interface ProviderDirectory {
  /** Rejects with PROVIDER_NOT_FOUND. Without an id: the default, else the first ready one, else the demo. */
  resolve(id: string | undefined): LLMProvider;
  has(id: string): boolean;
  /**
   * The model a chat uses that names none: the provider's default_model, else the first listed one
   * (from the last listing when there is one). Rejects like `listModels`, or with MODEL_NOT_FOUND.
   */
  defaultModel(provider: LLMProvider, signal: AbortSignal): Promise<string>;
  /**
   * Every model of every provider that has answered lately, from the last listings; asks those that were never
   * asked, waiting at most a second for them. A provider that does not answer is left out. Never rejects.
   */
  knownModels(signal: AbortSignal): Promise<readonly { provider: LLMProvider; model: ModelInfo }[]>;
}

/** How much one answer used. */
export interface UsageEntry {
  provider_id: string;
  model_id: string;
  status: TerminalStatus;
  usage: Usage | null;
  duration_ms: number;
  first_output_ms: number | null;
}

export interface UsageLog {
  /** Of an answer without a run; runs are counted with their end. Never throws and never waits. */
  record(owner: Owner, entry: UsageEntry): void;
}

/** Which answers to count, and what tells them apart. Days are UTC, `YYYY-MM-DD`, first and last included. */
export interface UsageQuery {
  from: string;
  to: string;
  by: readonly UsageDimension[];
}

export interface UsageReader {
  /**
   * What the owner's answers used: all together, and in groups ordered by day, then by tokens, most first.
   * Medians may be off by 3 %. However many answers there are, nothing else waits for longer than a moment.
   */
  summarise(owner: Owner, query: UsageQuery): Promise<{ totals: UsageCount; items: UsageItem[] }>;
}

// ── Stored things ────────────────────────────────────────────────────────────────────────────

export interface NewRun {
  run_id: string;
  /** Created when `create_conversation` is set, with this title; otherwise must exist and be the owner's. */
  conversation_id: string;
  create_conversation?: {
    title: string;
    /** What a client calls it. A conversation of the owner that is called so already is used instead. */
    client_id?: string;
  };
  /** The message to answer after; null for the first of a conversation, undefined for the active leaf. */
  parent_id: string | null | undefined;
  /** Absent when `parent_id` is a user message that is answered anew: the answer becomes a sibling of the others. */
  user_message?: {
    id: string;
    text: string;
    attachments?: readonly Attachment[];
    /** What a client calls it. The newest message that is called so and says the same is not asked again. */
    client_id?: string;
  };
  /** Said elsewhere: stored before the new message, oldest first; not those whose `client_id` is there already. */
  earlier?: readonly EarlierMessage[];
  assistant_message_id: string;
  provider_id: string;
  model_id: string;
  created_at: string;
  idempotency?: {
    key: string;
    /** Of the request; another fingerprint under the same key is IDEMPOTENCY_KEY_REUSED. null: any request joins. */
    fingerprint: string | null;
  };
}

/** A message that a client shows and that was never seen here. */
export interface EarlierMessage {
  id: string;
  role: Message['role'];
  text: string;
  client_id?: string;
}

export interface RunEnd {
  /** The terminal event last; an `error` event may stand before it. */
  events: readonly ChatEvent[];
  /** The assistant message, folded from all events by `applyEvents`. */
  message: Message;
  attempts: number;
  /** Milliseconds from start to the first stored output; null when there was none. */
  first_output_ms: number | null;
}

/**
 * The durable log of runs. One writer per run, dense indexes from 0, exactly one terminal record.
 * **Append, then deliver:** a reader never receives an event that a killed process would forget.
 */
export interface RunLog {
  /**
   * Stores conversation (if new), user message, empty assistant message, run and event 0 (`run-started`)
   * in one transaction, and makes the assistant message the active leaf.
   * `created: false` with the earlier run when the idempotency key was used before, or when the client's
   * message is being answered, or was.
   * Rejects with NOT_FOUND (conversation or parent), CONFLICT (the active leaf is still being written and
   * no parent was named), IDEMPOTENCY_KEY_REUSED, STORAGE_FULL.
   */
  create(owner: Owner, input: NewRun): Promise<{ run: Run; created: boolean }>;
  /** The run started under this key, or undefined. Rejects with IDEMPOTENCY_KEY_REUSED like `create`. */
  find(owner: Owner, key: string, fingerprint: string | null): Promise<Run | undefined>;
  /**
   * Resolves when the events are durable and handed to live readers. Appends that arrive close together
   * share one transaction. Rejects with STORAGE_FULL or STORAGE_BUSY; then nothing of it was delivered.
   */
  append(owner: Owner, runId: string, events: readonly ChatEvent[]): Promise<void>;
  /** Terminal events, run row and message in one transaction, then delivery. A second finish changes nothing. */
  finish(owner: Owner, runId: string, end: RunEnd): Promise<void>;
  /** undefined when the owner has no such run. */
  get(owner: Owner, runId: string): Promise<Run | undefined>;
  /**
   * Events with index >= from, in order, without gap or repeat: first what is stored, then live, ending
   * after the terminal event. Batches are shared between readers and must not be changed. A slow reader
   * holds no memory here: it is served from the log when it comes back. Ends quietly when `signal` aborts.
   * Throws NOT_FOUND at once.
   */
  read(owner: Owner, runId: string, from: number, signal: AbortSignal): AsyncIterable<readonly ChatEvent[]>;
  /**
   * At start: settles every unfinished run to `interrupted`, keeping its text, and answers how many.
   * Only for a process that is the sole writer of the store.
   */
  settleDead(now: string): Promise<number>;
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export interface PageQuery {
  /** `next_cursor` of the page before. One of another owner, list or shape is INVALID_REQUEST. */
  cursor?: string | undefined;
  limit: number;
}

/** A conversation as it comes from elsewhere: a copy, or an export. */
export interface NewConversation extends Conversation {
  active_leaf_id: string | null;
}

/** Conversations and their message trees. There is no method without an owner. Missing or foreign: NOT_FOUND. */
export interface ConversationStore {
  /** Newest change first, pinned ones before the rest. `archived`: those that were put away, instead of the others. */
  list(owner: Owner, page: PageQuery & { archived?: boolean | undefined }): Promise<Page<Conversation>>;
  /** What can be restored at `now`, the newest deletion first. */
  listDeleted(owner: Owner, page: PageQuery & { now: string }): Promise<Page<DeletedConversation>>;
  /**
   * Conversations with every word of `q` in the title, or in one message; the last word may be unfinished. Titles
   * before messages, each newest first, each conversation once. Case and accents do not matter, signs separate words,
   * scripts without spaces are found at any place. `archived` absent: archived ones too. A page may have fewer than
   * `limit` and still a next one. CONFLICT when it was outdated by further typing or aborted before it was begun.
   */
  search(
    owner: Owner,
    query: PageQuery & { q: string; archived?: boolean | undefined },
    signal?: AbortSignal,
  ): Promise<Page<FoundConversation>>;
  create(owner: Owner, input: { id: string; title: string; created_at: string }): Promise<Conversation>;
  get(owner: Owner, id: string): Promise<Conversation>;
  change(owner: Owner, id: string, change: SessionChange, now: string): Promise<Conversation>;
  /** Changes the title if it still is `from`; answers whether it was. */
  retitle(owner: Owner, id: string, from: string, to: string): Promise<boolean>;
  /** Hides it; for 30 days `restore` brings it back. Deleting twice is NOT_FOUND. */
  remove(owner: Owner, id: string, now: string): Promise<void>;
  /** NOT_FOUND when it was deleted too long before `now`. */
  restore(owner: Owner, id: string, now: string): Promise<Conversation>;
  /**
   * Adds a conversation with its messages, parents before children, under ids that are new. Nobody sees it before
   * all are stored; when `messages` throws, nobody ever does. Takes pieces, so that nobody waits for it.
   */
  add(owner: Owner, conversation: NewConversation, messages: Pages<Message>): Promise<Conversation>;
  /** Ids of all conversations, archived ones too, oldest first; `after` the one given. */
  ids(owner: Owner, after: string | undefined, limit: number): Promise<string[]>;

  /** The whole tree in creation order; a message that is being written holds what is stored of it. */
  messages(owner: Owner, id: string): Promise<MessageTree>;
  /** The same with deleted messages, which say so in `hidden_by`. */
  allMessages(owner: Owner, id: string): Promise<MessageTree>;
  /** The end of a branch, root first: up to `leaf` (absent: the active leaf), or up to the message above `before`. */
  branch(
    owner: Owner,
    id: string,
    page: { leaf?: string | undefined; before?: string | undefined; limit: number },
  ): Promise<MessageBranch>;
  /** From the root to `leafId`, inclusive. */
  path(owner: Owner, id: string, leafId: string): Promise<Message[]>;
  /** The tree in creation order, or the branch up to `leaf`, in pages, as it is when each is read. */
  pages(owner: Owner, id: string, leaf?: string): Pages<Message>;
  /**
   * Puts another version beside a message: `text` in place of its text and reasoning, everything else kept. It becomes
   * the active leaf. CONFLICT while the message is being written.
   */
  edit(
    owner: Owner,
    id: string,
    messageId: string,
    version: { id: string; text: string; created_at: string },
  ): Promise<Message>;
  /**
   * Hides a message and everything below it, and answers the runs at work there. An active leaf among them moves to
   * the newest end of another version of the message, else to the message above.
   */
  hideMessage(owner: Owner, id: string, messageId: string, now: string): Promise<string[]>;
  /**
   * Brings back what was deleted with this message, also as the active leaf when that stands right above. CONFLICT
   * when it was deleted with another message, or when the one above is deleted.
   */
  restoreMessage(owner: Owner, id: string, messageId: string): Promise<Message>;
}

export type Pages<Item> = Iterable<readonly Item[]> | AsyncIterable<readonly Item[]>;

/** What was deleted, until it is gone for good. */
export interface Trash {
  /**
   * Removes a small piece of what was deleted 30 days before `now`, of all owners: conversations with their runs and
   * events, and messages. How much was used stays. Answers whether there may be more.
   */
  purge(now: string): Promise<boolean>;
}

/** Finds what clients call by ids of their own. There is no method without an owner; nothing deleted is found. */
export interface ClientNames {
  /** The conversation that has this id, or that a client calls so. */
  conversation(owner: Owner, id: string): Promise<{ id: string; active_leaf_id: string | null } | undefined>;
  /**
   * The messages that have this id, or that a client calls so, newest first: an edited message keeps the client's
   * id. What is being written has no parts here.
   */
  messages(owner: Owner, conversationId: string, id: string): Promise<Message[]>;
  /** The id of the newest run that answers this message. */
  answer(owner: Owner, conversationId: string, messageId: string): Promise<string | undefined>;
  /** Ids of the runs at work in a conversation, newest first. */
  working(owner: Owner, conversationId: string): Promise<string[]>;
}
