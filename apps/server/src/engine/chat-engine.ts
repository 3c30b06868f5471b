/**
 * The façade every surface calls: start a run, follow it, stop it. A run belongs to the engine,
 * not to the connection that started it.
 */
import {
  AppError,
  type ChatEvent,
  type ChatRequest,
  type ErrorBody,
  isAppError,
  isTerminal,
  type Message,
  messageText,
  type Run,
  type Settings,
} from '@lightchat/protocol';
import { type Completions, createCompletions } from './completions.ts';
import { nameConversation } from './name-conversation.ts';
import type {
  Changes,
  Clock,
  ConversationStore,
  EarlierMessage,
  Ids,
  LLMProvider,
  Logger,
  ModelOptions,
  NewRun,
  Owner,
  ProviderDirectory,
  RunLog,
  UsageLog,
} from './ports.ts';
import { resolveModel } from './resolve-model.ts';
import { driveRun } from './run/drive.ts';
import { abortTask, type RunTask } from './run/run-task.ts';
import { titleFrom } from './run/title.ts';

export interface EnginePorts {
  clock: Clock;
  ids: Ids;
  logger: Logger;
  changes: Changes;
  providers: ProviderDirectory;
  runs: RunLog;
  conversations: ConversationStore;
  usage: UsageLog;
  settings(): Settings;
}

export interface StartOptions {
  /** Joins the earlier run whatever the request says (a stream id), instead of comparing requests. */
  joinKey?: string;
  /** Who answers, as `resolveModel` reads it. Counts where the request names neither provider nor model. */
  model?: string;
  client?: ClientNaming;
}

/** How a client that makes up its own ids calls what a run brings. */
export interface ClientNaming {
  /** The conversation, when the request names none. */
  conversation_id?: string;
  /** The message of the prompt: sent again it is not asked again, and the earlier run is answered. */
  message_id?: string;
  /** What the client shows before it and nobody here has seen, oldest first. */
  earlier?: readonly Omit<EarlierMessage, 'id'>[];
}

export interface ChatEngine extends Completions {
  /**
   * Starts a run and answers as soon as it is stored; the upstream is asked afterwards. With an
   * idempotency key that was used before, answers the earlier run instead. Rejects with
   * PROVIDER_NOT_FOUND, MODEL_NOT_FOUND or PROVIDER_UNREACHABLE (only when a model must be looked up),
   * NOT_FOUND, CONFLICT, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED, SHUTTING_DOWN, STORAGE_FULL.
   */
  start(owner: Owner, request: ChatRequest, options?: StartOptions): Promise<Run>;
  /** The run under this key, if there is one. */
  find(owner: Owner, joinKey: string): Promise<Run | undefined>;
  /** Rejects with NOT_FOUND. */
  get(owner: Owner, runId: string): Promise<Run>;
  /** Events from an index, stored then live. See `RunLog.read`. Stopping to read never stops the run. */
  follow(owner: Owner, runId: string, from: number, signal: AbortSignal): AsyncIterable<readonly ChatEvent[]>;
  /**
   * Ends the run for everyone and answers it. Idempotent. The upstream is aborted, not waited for. While the
   * disk refuses the end, the run is answered as it stands, still running, after a few seconds.
   */
  stop(owner: Owner, runId: string): Promise<Run>;
  /** Hides a conversation, so that no run can start in it, and stops those that are at work there. */
  removeConversation(owner: Owner, conversationId: string): Promise<void>;
  /** Hides a message with everything below it, and stops the runs that are at work there. */
  removeMessage(owner: Owner, conversationId: string, messageId: string): Promise<void>;
  /** Throws SHUTTING_DOWN once no new runs are taken: nothing else is begun then either. */
  refuseWhenClosing(): void;
  /** Answers at work in this process, with a run or without. */
  activeCount(): number;
  /**
   * No new runs from now on. Resolves when the running ones have ended, also those that were just being
   * stored, or were settled after `graceMs`.
   */
  drain(graceMs: number): Promise<void>;
}

interface Active {
  task: RunTask;
  done: Promise<void>;
}

/** Longer than a locked database is waited for. */
const STOP_PATIENCE_MS = 7000;

const DRAINING = 'LightChat is shutting down and takes no new messages. Try again in a few seconds.';

export function createChatEngine(ports: EnginePorts): ChatEngine {
  const { runs, conversations, providers, clock, ids, logger, changes } = ports;
  const completions = createCompletions(ports, admit);
  const active = new Map<string, Active>();
  /** Starts that have passed the gate and are not stored yet; they count, or a burst slips past the limit. */
  const starting = new Set<Promise<Run>>();
  /** Aborts when no new runs are taken: nobody waits for a list of models then. */
  const closing = new AbortController();
  let leaving = false;

  async function start(owner: Owner, request: ChatRequest, options: StartOptions = {}): Promise<Run> {
    const idempotency = idempotencyOf(request, options);
    const earlier = idempotency && (await runs.find(owner, idempotency.key, idempotency.fingerprint));
    if (earlier) return earlier;
    admit();
    const started = startNew(owner, request, options, ports.settings(), idempotency);
    starting.add(started);
    try {
      return await started;
    } finally {
      starting.delete(started);
    }
  }

  function admit(): void {
    refuseWhenClosing();
    const limit = ports.settings().limits.active_runs;
    if (activeCount() < limit) return;
    throw new AppError('RATE_LIMITED', `${limit} answers are being written already. Try again when one is done.`, {
      details: { active_runs: limit, retry_after_ms: 1000 },
    });
  }

  function activeCount(): number {
    return active.size + starting.size + completions.count();
  }

  function refuseWhenClosing(): void {
    if (closing.signal.aborted) throw new AppError('SHUTTING_DOWN', DRAINING);
  }

  async function startNew(
    owner: Owner,
    request: ChatRequest,
    { model, client = {} }: StartOptions,
    settings: Settings,
    idempotency: NewRun['idempotency'],
  ): Promise<Run> {
    const { provider, model_id, unready } = await modelOf(request, model);
    const created_at = clock.now();
    const { prompt } = request;
    // Without a prompt an earlier message is answered anew, and the schema has made sure that it is named.
    const user_message_id = prompt === undefined ? (request.parent_id ?? '') : ids.create('msg');
    const { run, created } = await runs.create(owner, {
      run_id: ids.create('run'),
      ...conversationOf(request, client, () => ids.create('conv')),
      ...(prompt === undefined ? {} : { user_message: newUserMessage(user_message_id, prompt, request, client) }),
      ...(client.earlier ? { earlier: client.earlier.map((said) => ({ ...said, id: ids.create('msg') })) } : {}),
      assistant_message_id: ids.create('msg'),
      provider_id: provider.id,
      model_id,
      created_at,
      ...(idempotency ? { idempotency } : {}),
    });
    if (!created) return run;
    const { conversation_id } = run;
    const isFirst = !request.conversation_id && prompt !== undefined && !client.earlier && !client.conversation_id;
    const first = isFirst ? { prompt, attachments: request.attachments ?? [] } : undefined;
    // Before anything else: the upstream takes its time while we write the log and tell the pages.
    begin(newTask({ owner, run, user_message_id, first, provider, unready, request, settings }));
    logger.write({
      role: 'user',
      content: prompt ?? '',
      provider_id: provider.id,
      model_id,
      run_id: run.id,
      conversation_id,
    });
    changes.publish(owner, { type: 'run-started', conversation_id, run_id: run.id, message_id: run.message_id });
    return run;
  }

  /** A provider that does not answer cannot name its model; where it has fallbacks, they answer. */
  async function modelOf(
    request: ChatRequest,
    model: string | undefined,
  ): Promise<{ provider: LLMProvider; model_id: string; unready?: ErrorBody }> {
    if (model && !request.provider_id && !request.model_id) {
      return resolveModel(providers, model, closing.signal).finally(refuseWhenClosing);
    }
    const provider = providers.resolve(request.provider_id ?? undefined);
    if (request.model_id) return { provider, model_id: request.model_id };
    try {
      const model_id = await providers.defaultModel(provider, closing.signal).finally(refuseWhenClosing);
      return { provider, model_id };
    } catch (error) {
      if (closing.signal.aborted || !isAppError(error) || provider.fallbacks('').length === 0) throw error;
      return { provider, model_id: 'default', unready: error.toBody() };
    }
  }

  function newTask(about: {
    owner: Owner;
    run: Run;
    user_message_id: string;
    first: RunTask['first'];
    provider: LLMProvider;
    unready: ErrorBody | undefined;
    request: ChatRequest;
    settings: Settings;
  }): RunTask {
    const { owner, run, user_message_id, first, provider, unready, request, settings } = about;
    return {
      owner,
      run,
      user_message_id,
      first,
      provider,
      model_id: run.model_id,
      unready,
      system_prompt: request.system_prompt ?? provider.system_prompt,
      options: optionsOf(request),
      retry: settings.retry,
      limits: settings.limits,
      controller: new AbortController(),
      started_at: clock.monotonic(),
      next_index: run.next_index,
      attempts: 1,
      output_length: 0,
      first_output_ms: null,
      leaving: false,
      storing: [],
      unfolded: [],
      message: emptyAnswer(run, user_message_id),
    };
  }

  function begin(task: RunTask): void {
    const done = driveRun({ clock, logger, runs, conversations, providers }, task).then(() => {
      active.delete(task.run.id);
      if (task.message.status === 'running') return; // the next start settles it, and tells
      const { conversation_id, id: run_id, message_id } = task.run;
      logEnd(task);
      changes.publish(task.owner, { type: 'run-finished', conversation_id, run_id, message_id });
      const naming = { ...ports, complete: completions.complete, closing: closing.signal };
      void nameConversation(naming, task.owner, task.message);
    });
    active.set(task.run.id, { task, done });
    if (leaving) abortTask(task, 'shutdown');
  }

  function logEnd({ run, message, started_at }: RunTask): void {
    const about = {
      provider_id: message.provider_id ?? run.provider_id,
      model_id: message.model_id ?? run.model_id,
      run_id: run.id,
      conversation_id: run.conversation_id,
      duration_ms: Math.round(clock.monotonic() - started_at),
    };
    const content = messageText(message);
    const usage = message.usage ? { usage: message.usage } : {};
    logger.write({ role: 'assistant', content, event_type: `run_${message.status}`, ...about, ...usage });
    if (message.error) {
      const { error_code, details } = message.error;
      const text = message.error.message;
      logger.write({ role: 'error', content: text, event_type: error_code.toLowerCase(), ...about, details });
    }
  }

  async function get(owner: Owner, runId: string): Promise<Run> {
    const run = await runs.get(owner, runId);
    if (!run) throw new AppError('NOT_FOUND', 'There is no such run.');
    const task = active.get(runId)?.task;
    if (!task) return run;
    return { ...run, attempts: task.attempts, provider_id: task.provider.id, model_id: task.model_id };
  }

  async function stop(owner: Owner, runId: string): Promise<Run> {
    const run = await get(owner, runId);
    const working = active.get(runId);
    if (isTerminal(run.status) || !working) return run;
    abortTask(working.task, 'stop');
    await atMost(STOP_PATIENCE_MS, working.done);
    return get(owner, runId);
  }

  /** Resolves with `work`, which never rejects, or without it after `ms`. */
  function atMost(ms: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      void work.then(() => {
        cancel();
        resolve();
      });
    });
  }

  async function removeConversation(owner: Owner, conversationId: string): Promise<void> {
    await conversations.remove(owner, conversationId, clock.now());
    const own = ({ task }: Active) => task.owner === owner && task.run.conversation_id === conversationId;
    await Promise.all([...active.values()].filter(own).map(({ task }) => stop(owner, task.run.id)));
    changes.publish(owner, { type: 'conversation-changed', conversation_id: conversationId });
  }

  async function removeMessage(owner: Owner, conversationId: string, messageId: string): Promise<void> {
    const working = await conversations.hideMessage(owner, conversationId, messageId, clock.now());
    await Promise.all(working.map((runId) => stop(owner, runId)));
    changes.publish(owner, { type: 'conversation-changed', conversation_id: conversationId });
  }

  async function drain(graceMs: number): Promise<void> {
    closing.abort();
    const ended = new AbortController();
    const all = allEnded().then(() => ended.abort());
    await Promise.race([all, clock.sleep(graceMs, ended.signal)]);
    leaving = true;
    for (const { task } of active.values()) abortTask(task, 'shutdown');
    completions.abortAll();
    await all;
  }

  /** Also of the runs that are still being stored when it is asked. */
  async function allEnded(): Promise<void> {
    while (activeCount() > 0) {
      await Promise.allSettled([...starting, ...[...active.values()].map(({ done }) => done), completions.ended()]);
    }
  }

  /** Two requests are the same when everything but the key is. */
  function idempotencyOf(request: ChatRequest, options: StartOptions): NewRun['idempotency'] {
    if (options.joinKey) return { key: `join:${options.joinKey}`, fingerprint: null };
    const { idempotency_key, ...rest } = request;
    if (!idempotency_key) return undefined;
    const sorted = Object.entries(rest)
      .filter(([name, value]) => value !== undefined && (value !== null || name === 'parent_id'))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return { key: `key:${idempotency_key}`, fingerprint: ids.digest(JSON.stringify(sorted)) };
  }

  return {
    start,
    find: (owner, joinKey) => runs.find(owner, `join:${joinKey}`, null),
    get,
    follow: (owner, runId, from, signal) => runs.read(owner, runId, from, signal),
    stop,
    removeConversation,
    removeMessage,
    complete: completions.complete,
    embed: completions.embed,
    refuseWhenClosing,
    activeCount,
    drain,
  };
}

function conversationOf(
  request: ChatRequest,
  client: ClientNaming,
  newId: () => string,
): Pick<NewRun, 'conversation_id' | 'create_conversation' | 'parent_id'> {
  if (request.conversation_id) return { conversation_id: request.conversation_id, parent_id: request.parent_id };
  const title = titleFrom(client.earlier?.find(({ role }) => role === 'user')?.text ?? request.prompt ?? '');
  const name = client.conversation_id === undefined ? {} : { client_id: client.conversation_id };
  return { conversation_id: newId(), create_conversation: { title, ...name }, parent_id: null };
}

function newUserMessage(
  id: string,
  text: string,
  { attachments }: ChatRequest,
  { message_id }: ClientNaming,
): NewRun['user_message'] {
  return {
    id,
    text,
    ...(attachments?.length ? { attachments } : {}),
    ...(message_id === undefined ? {} : { client_id: message_id }),
  };
}

/** What was asked for; what was not is left to the provider. */
function optionsOf(request: ChatRequest): ModelOptions {
  const { temperature, top_p, max_tokens, reasoning_effort, context_length, tools } = request;
  const options = { temperature, top_p, max_tokens, reasoning_effort, context_length, tools };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

function emptyAnswer(run: Run, parent_id: string): Message {
  return {
    id: run.message_id,
    conversation_id: run.conversation_id,
    parent_id,
    role: 'assistant',
    parts: [],
    status: 'running',
    run_id: run.id,
    provider_id: run.provider_id,
    model_id: run.model_id,
    finish_reason: null,
    usage: null,
    error: null,
    created_at: run.created_at,
  };
}
