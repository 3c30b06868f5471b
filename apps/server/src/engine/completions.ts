/**
 * Answers without a conversation, for gateways: the same retries, fallbacks and limits as a run, and nothing stored but
 * how much was used. They end with their caller.
 */
import { AppError, type Settings } from '@lightchat/protocol';
import type {
  Clock,
  Embeddings,
  LLMProvider,
  Logger,
  ModelRequest,
  Owner,
  PromptMessage,
  ProviderDirectory,
  UsageLog,
} from './ports.ts';
import { resolveModel } from './resolve-model.ts';
import { type Asking, abortAsking } from './run/asking.ts';
import type { Deliver } from './run/attempt.ts';
import { type CompletionEnd, completeOnce } from './run/complete.ts';

export interface CompletionRequest extends Omit<ModelRequest, 'model_id'> {
  /** `provider_id/model_id`, or a bare model id. Absent: the default provider's default model. */
  model?: string | undefined;
}

export interface Completions {
  /**
   * Asks once and hands over what comes, also `run-progress`, `retry-scheduled` and `fallback-taken`, which all come
   * before any output. Rejects before anything was asked, with PROVIDER_NOT_FOUND, MODEL_NOT_FOUND,
   * PROVIDER_UNREACHABLE, RATE_LIMITED or SHUTTING_DOWN; afterwards failures are in the end. Aborting `signal` stops
   * the upstream. While `deliver` is pending nothing more is read; a rejection of it ends the answer.
   */
  complete(owner: Owner, request: CompletionRequest, signal: AbortSignal, deliver: Deliver): Promise<CompletionEnd>;
  /** Rejects like `complete`, with the provider's own errors, or INVALID_REQUEST where there are no embeddings. */
  embed(
    owner: Owner,
    request: { model: string | undefined; input: string[]; dimensions?: number },
    signal: AbortSignal,
  ): Promise<Embeddings & { provider_id: string; model_id: string }>;
}

export interface CompletionPorts {
  clock: Clock;
  logger: Logger;
  providers: ProviderDirectory;
  usage: UsageLog;
  settings(): Settings;
}

interface Working extends Completions {
  count(): number;
  /** Resolves when none is at work. */
  ended(): Promise<void>;
  abortAll(): void;
}

/** `admit` throws when nothing new may start now. */
export function createCompletions(ports: CompletionPorts, admit: () => void): Working {
  const { clock, logger, providers, usage } = ports;
  const working = new Map<Asking, Promise<CompletionEnd>>();
  /** Each with what ends it. */
  const embedding = new Map<AbortController, Promise<unknown>>();

  function newAsking(provider: LLMProvider, model_id: string): Asking {
    const { retry, limits } = ports.settings();
    return { provider, model_id, retry, limits, controller: new AbortController(), attempts: 1, output_length: 0 };
  }

  return {
    async complete(owner, { model, ...request }, signal, deliver) {
      admit();
      const { provider, model_id } = await resolveModel(providers, model, signal);
      admit();
      const asking = newAsking(provider, model_id);
      const stop = () => abortAsking(asking, 'stop');
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
      const system = provider.system_prompt;
      const messages: PromptMessage[] =
        system?.trim() && request.messages[0]?.role !== 'system'
          ? [{ role: 'system', text: system }, ...request.messages]
          : request.messages;
      const asked = messages.findLast(({ role }) => role === 'user');
      logger.write({ role: 'user', content: asked?.text ?? '', provider_id: provider.id, model_id });
      const done = completeOnce({ clock, providers, logger }, asking, { ...request, messages }, deliver);
      working.set(asking, done);
      const end = await done;
      working.delete(asking);
      signal.removeEventListener('abort', stop);
      note(owner, end);
      return end;
    },

    async embed(_owner, { model, ...request }, signal) {
      admit();
      const { provider, model_id } = await resolveModel(providers, model, signal);
      admit();
      if (!provider.embed) {
        throw new AppError('INVALID_REQUEST', `The provider "${provider.id}" has no embeddings.`);
      }
      const leaving = new AbortController();
      const done = provider.embed({ ...request, model_id }, AbortSignal.any([signal, leaving.signal]));
      embedding.set(leaving, done);
      try {
        return { ...(await done), provider_id: provider.id, model_id };
      } finally {
        embedding.delete(leaving);
      }
    },

    count: () => working.size + embedding.size,
    ended: async () => {
      await Promise.allSettled([...working.values(), ...embedding.values()]);
    },
    abortAll() {
      for (const asking of working.keys()) abortAsking(asking, 'shutdown');
      const reason = new AppError('SHUTTING_DOWN', 'LightChat was stopped before there was an answer. Try again.');
      for (const leaving of embedding.keys()) leaving.abort(reason);
    },
  };

  function note(owner: Owner, end: CompletionEnd): void {
    const { provider_id, model_id, duration_ms, first_output_ms, status, error } = end;
    const about = { provider_id, model_id, duration_ms };
    const counted = end.usage ? { usage: end.usage } : {};
    logger.write({ role: 'assistant', content: end.text, event_type: `completion_${status}`, ...about, ...counted });
    if (error) {
      const { error_code, message, details } = error;
      logger.write({ role: 'error', content: message, event_type: error_code.toLowerCase(), ...about, details });
    }
    usage.record(owner, { provider_id, model_id, status, usage: end.usage, duration_ms, first_output_ms });
  }
}
