/** Ollama by its own API, which unlike its OpenAI-compatible one tells errors, load state and context size. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError, type Limits, type ProviderConfig } from '@lightchat/protocol';
import type { EmbeddingRequest, LLMProvider, ModelEvent, ModelRequest } from '../../engine/ports.ts';
import { AnswerStream } from '../kit/answer-stream.ts';
import { requestEmbeddings } from '../kit/embeddings.ts';
import { createLineReader } from '../kit/event-reader.ts';
import { fallbacksOf } from '../kit/fallbacks.ts';
import { refusedAnswer } from '../kit/refused-answer.ts';
import { requestJson } from '../kit/request-json.ts';
import { readTarget, type Target } from '../kit/target.ts';
import type { Http } from '../kit/upstream-http.ts';
import { readEmbeddings, toEmbeddingRequest } from './embeddings.ts';
import { createModelLister } from './list-models.ts';
import { isLoaded } from './models.ts';
import { toChatRequest } from './request.ts';
import { createTranslator } from './response.ts';

export const DEFAULT_HOST = 'http://127.0.0.1:11434';

/** How often a quiet server is asked what it does. */
const ASK_AGAIN_MS = 2000;

/** Throws PROVIDER_UNREACHABLE when the settings cannot work. */
export function createOllamaProvider(config: ProviderConfig, http: Http, limits: Limits): LLMProvider {
  const target = withoutApiPath(
    readTarget(config, {
      default_host: DEFAULT_HOST,
      remedy: 'Is Ollama running? Start the Ollama app, or run "ollama serve".',
      address_remedy: `Check host in settings: the address of an Ollama is usually ${DEFAULT_HOST}.`,
    }),
  );

  async function tellState(model_id: string, tell: (state: 'loading-model' | 'waiting') => void, signal: AbortSignal) {
    let told: string | undefined;
    while (!signal.aborted) {
      const loaded = isLoaded(await requestJson({ target, http, signal, path: '/api/ps' }), model_id);
      const state = loaded === false ? 'loading-model' : 'waiting';
      if (state !== told) tell(state);
      told = state;
      await sleep(ASK_AGAIN_MS, undefined, { signal });
    }
  }

  const { listModels, capabilitiesOf } = createModelLister(target, http);
  const aboutModel = (model_id: string) => ({
    model_id,
    model_remedy: `Fetch it with "ollama pull ${model_id.slice(0, 120)}", or choose one from the list.`,
    context_remedy: 'Raise context_length of this provider in settings, start a new chat, or shorten the message.',
  });

  function start(request: ModelRequest, body: string, signal: AbortSignal): AsyncIterator<readonly ModelEvent[]> {
    const asked = aboutModel(request.model_id);
    return new AnswerStream({
      target,
      http,
      limits,
      signal,
      asked,
      request: { method: 'POST', path: '/api/chat', accept: 'application/x-ndjson', body },
      events_are_json: true,
      createReader: createLineReader,
      createTranslator: (answer) => createTranslator(target, asked, answer),
      whileQuiet(tell, quiet) {
        // A hint that cannot be had is no failure.
        tellState(request.model_id, tell, quiet).catch(() => undefined);
      },
    }).start();
  }

  return {
    id: config.id,
    type: 'ollama',
    can: { tools: true, vision: true, reasoning: true, list_models: true },
    system_prompt: config.system_prompt ?? null,
    default_model: config.default_model ?? null,
    fallbacks: fallbacksOf(config),
    listModels,

    chatStream(request: ModelRequest, signal: AbortSignal) {
      return {
        [Symbol.asyncIterator]() {
          try {
            const { context_length } = config;
            const capabilities = capabilitiesOf(request.model_id);
            return start(request, toChatRequest(request, { context_length, capabilities }), signal);
          } catch (error) {
            if (isAppError(error)) return refusedAnswer(error, signal);
            throw error;
          }
        },
      };
    },

    embed(request: EmbeddingRequest, signal: AbortSignal) {
      const body = toEmbeddingRequest(request);
      const asked = { ...aboutModel(request.model_id), context_remedy: 'Cut the text into shorter pieces.' };
      const [path, count, read] = ['/api/embed', request.input.length, readEmbeddings] as const;
      return requestEmbeddings({ target, http, limits, signal, path, body, asked, count, read });
    },
  };
}

/** People copy the address with `/v1` or `/api` at its end. */
function withoutApiPath(target: Target): Target {
  return { ...target, base_path: target.base_path.replace(/\/(v1|api)$/, '') };
}
