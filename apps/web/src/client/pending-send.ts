/** A message on its way to the server: shown at once under ids of our own, until the server names it or refuses it. */
import type { ChatRequest, Message, Run } from '@lightchat/protocol';

type Settings = Partial<ChatRequest>;
type Messages = ReadonlyMap<string, Message>;

export class PendingSend {
  readonly question: Message;
  readonly answer: Message;
  readonly request: ChatRequest & { idempotency_key: string };
  /** Stop was pressed before there was a run to stop. */
  stopRequested = false;
  #controller = new AbortController();

  constructor(prompt: string, parentId: string | null | undefined, conversationId: string | null, settings: Settings) {
    const key = crypto.randomUUID();
    const base = {
      conversation_id: conversationId ?? '',
      run_id: null,
      provider_id: settings.provider_id ?? null,
      model_id: settings.model_id ?? null,
      finish_reason: null,
      usage: null,
      error: null,
      created_at: new Date().toISOString(),
    };
    const parts = [{ type: 'text' as const, text: prompt }];
    this.question = {
      ...base,
      id: `${key}-question`,
      parent_id: parentId ?? null,
      role: 'user',
      parts,
      status: 'completed',
    };
    this.answer = {
      ...base,
      id: `${key}-answer`,
      parent_id: this.question.id,
      role: 'assistant',
      parts: [],
      status: 'running',
    };
    // The parent is named whenever it is known, null for the beginning: another page may have moved the end.
    const place = conversationId === null ? {} : { conversation_id: conversationId, parent_id: parentId };
    this.request = { ...settings, ...place, prompt, idempotency_key: key };
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  cancel(): void {
    this.#controller.abort();
  }

  /** The two messages once the server has started `run`; the question's own id comes with the run's first event. */
  started(run: Run): { question: Message; answer: Message } {
    const { conversation_id, provider_id, model_id, created_at } = run;
    const question = { ...this.question, conversation_id, created_at };
    const written = { id: run.message_id, run_id: run.id, conversation_id, provider_id, model_id, created_at };
    return { question, answer: { ...this.answer, ...written } };
  }
}

/**
 * The stored messages, keeping the objects of those that did not change (their views need no work) and every end that
 * is known here: a stored `running` can only be older. `goneId` has no run any more, so `running` means interrupted.
 */
export function mergeStored(known: Messages, stored: readonly Message[], goneId: string | undefined): Messages {
  const merged = new Map<string, Message>();
  for (const message of stored) {
    const old = known.get(message.id);
    const current: Message =
      message.id === goneId && message.status === 'running' ? { ...message, status: 'interrupted' } : message;
    const keep = old && (isOlder(current, old) || JSON.stringify(old) === JSON.stringify(current));
    merged.set(message.id, keep ? old : current);
  }
  return merged;
}

function isOlder(stored: Message, known: Message): boolean {
  return stored.status === 'running' && known.status !== 'running';
}
