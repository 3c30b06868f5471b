/**
 * The seam between the page and the server: one conversation as components see it.
 * The server owns the tree, the runs and their ends; a session shows them, follows the run at the end of the
 * visible branch, and comes back by itself. Leaving it (reload, navigation, closing) never stops a run: `stop` does.
 */
import type { ChatRequest, ErrorBody, Message, MessageTree, Run } from '@lightchat/protocol';
import { api } from './api.ts';
import { pauseBeforeRetry } from './backoff.ts';
import { Branch, type MessageRow } from './branch.ts';
import { createFlushScheduler } from './flush-scheduler.ts';
import { followRun } from './follow-run.ts';
import { type Activity, LiveRun } from './live-run.ts';
import { latestLeaf } from './message-path.ts';
import { messageText } from './message-text.ts';
import { mergeStored, PendingSend } from './pending-send.ts';
import { createRefresher } from './refresher.ts';
import { isRequestFailed, isTransient, type RequestFailed } from './request.ts';
import { startRun } from './start-run.ts';

/** Unwatched for this long, a session lets go of its connection; short enough for a page that was only changed. */
const LEAVE_MS = 3000;

/** How the next answer is made. */
export type RunSettings = Omit<ChatRequest, 'prompt' | 'conversation_id' | 'parent_id' | 'idempotency_key'>;

export interface ChatSnapshot {
  conversationId: string | null;
  loading: 'ready' | 'loading' | 'missing' | 'failed';
  /** The visible branch, root first; the same array until it changes. */
  rows: readonly MessageRow[];
  state: 'idle' | 'waiting' | 'streaming';
  /** The message that is being written. */
  liveId: string | null;
  activity: Activity | null;
  stopping: boolean;
  /** False while the server does not answer; everything shown stays. */
  connected: boolean;
  /** Why the last message could not be sent, or the conversation could not be loaded. */
  problem: ErrorBody | null;
}

export interface ChatSessionEvents {
  /** A new conversation has got its id. */
  onConversation: (session: ChatSession, id: string) => void;
  /** Titles or order in the list of conversations may have changed. */
  onListChanged: () => void;
}

export class ChatSession {
  /** Stays the same when the conversation gets its id. */
  readonly key = crypto.randomUUID();
  #conversationId: string | null;
  #events: ChatSessionEvents;
  #branch = new Branch();
  #sending: PendingSend | undefined;
  #live: LiveRun | undefined;
  #watch: AbortController | undefined;
  #loading: ChatSnapshot['loading'];
  #connected = true;
  #problem: ErrorBody | null = null;
  #snapshot: ChatSnapshot;
  #listeners = new Set<() => void>();
  #leaving: ReturnType<typeof setTimeout> | undefined;
  /** Counts what happened here, so that an answer asked for earlier is known to be older than the screen. */
  #version = 0;
  #flush = createFlushScheduler(() => this.#onFlush());
  /** Compares with the server: after a change elsewhere, a reconnect, or a while in the background. */
  readonly refresh = createRefresher({
    load: () => this.#load(),
    isWatched: () => this.isWatched,
    onAway: () => this.#setConnected(false),
    onRefused: (error) => this.#refused(error),
  });

  constructor(conversationId: string | null, events: ChatSessionEvents) {
    this.#conversationId = conversationId;
    this.#events = events;
    this.#loading = conversationId === null ? 'ready' : 'loading';
    this.#snapshot = this.#takeSnapshot();
  }

  readonly snapshot = (): ChatSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    clearTimeout(this.#leaving);
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.wake();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#leaving = setTimeout(() => this.rest(), LEAVE_MS);
    };
  };

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  get isIdle(): boolean {
    return !this.#sending && !this.#live;
  }

  messageOf(id: string): Message | undefined {
    return this.#live?.id === id ? this.#live.shown : this.#branch.messages.get(id);
  }

  /**
   * Sends `prompt` at the end of the visible branch. Resolves true once the server has stored it, false when it
   * refused (see `problem`) or the wait was cancelled by `stop`; then nothing was added and the text is the caller's.
   */
  async send(prompt: string, settings: RunSettings): Promise<boolean> {
    // Before the tree is loaded its end is not known here, and naming none means its end.
    return this.#start(prompt, settings, this.#loading === 'ready' ? this.#branch.leaf : undefined);
  }

  /** Asks again what the answer `messageId` was for, on a branch of its own: the first answer stays stored. */
  async retry(messageId: string, settings: RunSettings): Promise<boolean> {
    const { messages } = this.#branch;
    const question = messages.get(messages.get(messageId)?.parent_id ?? '');
    if (!question) return false;
    return this.#start(messageText(question), settings, question.parent_id);
  }

  /** Shows the branch that goes through `messageId`, here and on every page. Does nothing while an answer is made. */
  async showVersion(messageId: string): Promise<void> {
    if (!this.isIdle || this.#conversationId === null || !this.#branch.messages.has(messageId)) return;
    const active_leaf_id = latestLeaf(this.#branch.messages, messageId);
    this.#branch.leaf = active_leaf_id;
    this.#version += 1;
    this.#emit();
    try {
      await api.changeConversation(this.#conversationId, { active_leaf_id });
      // What was asked for before the change arrived names the other branch.
      this.#version += 1;
    } catch (error) {
      if (!isRequestFailed(error)) throw error;
      this.#problem = error.body;
      this.refresh();
    }
  }

  /** Ends the answer that is being made, from any state; what arrived stays. Safe to call twice. */
  stop(): void {
    if (this.#sending) {
      this.#sending.stopRequested = true;
      if (!this.#connected) this.#sending.cancel();
      this.#emit();
    }
    const live = this.#live;
    if (!live || live.stopping) return;
    live.stopping = true;
    this.#emit();
    void this.#requestStop(live);
  }

  dismissProblem(): void {
    this.#problem = null;
    this.#emit();
  }

  /** Takes up what `rest` let go of. */
  wake(): void {
    if (this.#live && !this.#watch) void this.#follow(this.#live);
    if (this.#conversationId !== null) this.refresh();
  }

  /** Lets go of the connection and keeps everything else. The run goes on without a viewer. */
  rest(): void {
    this.#watch?.abort();
    this.#watch = undefined;
  }

  async #start(prompt: string, settings: RunSettings, parentId: string | null | undefined): Promise<boolean> {
    if (!this.isIdle) return false;
    const sending = new PendingSend(prompt, parentId, this.#conversationId, settings);
    const before = this.#branch.leaf;
    this.#sending = sending;
    this.#problem = null;
    this.#version += 1;
    this.#branch.put(sending.question, sending.answer);
    this.#branch.leaf = sending.answer.id;
    this.#emit();
    try {
      const onConnection = (connected: boolean) => this.#setConnected(connected);
      this.#started(sending, await startRun(sending.request, { signal: sending.signal, onConnection }));
      return true;
    } catch (error) {
      this.#branch.remove(sending.question.id, sending.answer.id);
      this.#branch.leaf = before;
      if (isRequestFailed(error)) this.#problem = error.body;
      else if (!sending.signal.aborted) throw error;
      return false;
    } finally {
      this.#sending = undefined;
      this.#version += 1;
      this.#emit();
    }
  }

  #started(sending: PendingSend, run: Run): void {
    const { question, answer } = sending.started(run);
    this.#branch.remove(sending.answer.id);
    this.#branch.put(question, answer);
    this.#branch.follow(answer.id, sending.answer.id);
    this.#branch.leaf = answer.id;
    this.#sending = undefined;
    this.#watchRun(new LiveRun(run.id, answer));
    if (this.#conversationId === null) {
      this.#conversationId = run.conversation_id;
      this.#events.onConversation(this, run.conversation_id);
    }
    this.#events.onListChanged();
    if (sending.stopRequested) this.stop();
  }

  async #requestStop(live: LiveRun): Promise<void> {
    for (let attempt = 0; this.#live === live; attempt += 1) {
      try {
        await api.stopRun(live.runId);
        return;
      } catch (error) {
        // A run that the server does not know, or no longer lets us touch, settles through the follower.
        if (!isTransient(error)) return;
        await pauseBeforeRetry(attempt);
      }
    }
  }

  #watchRun(live: LiveRun): void {
    this.rest();
    this.#live = live;
    this.#version += 1;
    void this.#follow(live);
  }

  async #follow(live: LiveRun): Promise<void> {
    const watch = new AbortController();
    this.#watch = watch;
    const end = await followRun(live.runId, live.nextIndex, {
      signal: watch.signal,
      onConnection: (connected) => this.#setConnected(connected),
      onEvent: (event) => {
        // A chunk that was read before the connection was let go may still arrive; the next one asks for it again.
        if (watch.signal.aborted) return;
        if (event.type === 'run-started') this.#branch.nameQuestion(live.id, event.user_message_id);
        if (live.take(event)) this.#flush.now();
        else this.#flush.schedule();
      },
    });
    if (this.#watch === watch) this.#watch = undefined;
    if (end !== 'gone' || this.#live !== live) return;
    live.gone = true;
    this.#setConnected(true);
    this.refresh();
  }

  #onFlush(): void {
    const live = this.#live;
    if (!live?.fold()) return;
    if (live.finished) this.#settle(live.shown);
    this.#emit();
  }

  #settle(message: Message): void {
    this.#live = undefined;
    this.#version += 1;
    // The question may have got its id after the run was taken up.
    const parent_id = this.#branch.messages.get(message.id)?.parent_id ?? message.parent_id;
    this.#branch.put({ ...message, parent_id });
    this.#events.onListChanged();
  }

  async #load(): Promise<boolean> {
    if (this.#conversationId === null) return true;
    const version = this.#version;
    const tree = await api.messages(this.#conversationId);
    if (version !== this.#version) return false;
    this.#adopt(tree);
    return true;
  }

  #refused(error: RequestFailed): void {
    // What is on screen is worth more than a complaint about not being able to confirm it.
    if (error.status === 404) this.#loading = 'missing';
    else if (this.#loading === 'loading') this.#loading = 'failed';
    this.#problem = error.body;
    this.#emit();
  }

  /** Takes the stored tree as the truth, except for what is newer here: the message being sent and the one being written. */
  #adopt(tree: MessageTree): void {
    const gone = this.#live?.gone ? this.#live : undefined;
    if (gone) this.#live = undefined;
    this.#branch.messages = mergeStored(this.#branch.messages, tree.items, gone?.id);
    if (this.#sending) this.#branch.put(this.#sending.question, this.#sending.answer);
    else this.#branch.leaf = tree.active_leaf_id;
    if (this.#loading !== 'ready') this.#problem = null;
    this.#loading = 'ready';
    this.#followEnd();
    this.#setConnected(true);
    this.#emit();
  }

  #followEnd(): void {
    const { end } = this.#branch;
    const runId = end?.status === 'running' ? end.run_id : null;
    if (this.#live && this.#live.id !== end?.id) {
      this.rest();
      this.#live = undefined;
    }
    if (end && runId !== null && !this.#live) this.#watchRun(new LiveRun(runId, end));
  }

  #setConnected(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    if (!connected && this.#sending?.stopRequested) this.#sending.cancel();
    this.#emit();
  }

  #emit(): void {
    this.#snapshot = this.#takeSnapshot();
    for (const listener of [...this.#listeners]) listener();
  }

  #takeSnapshot(): ChatSnapshot {
    const activity: Activity | null = this.#sending ? { kind: 'sending' } : (this.#live?.activity ?? null);
    return {
      conversationId: this.#conversationId,
      loading: this.#loading,
      rows: this.#branch.rows(),
      state: activity === null ? 'idle' : activity.kind === 'writing' ? 'streaming' : 'waiting',
      liveId: this.#sending?.answer.id ?? this.#live?.id ?? null,
      activity,
      stopping: this.#sending?.stopRequested || this.#live?.stopping || false,
      connected: this.#connected,
      problem: this.#problem,
    };
  }
}
