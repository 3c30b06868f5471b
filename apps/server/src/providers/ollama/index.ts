/** Ollama by its own API, which unlike its OpenAI-compatible one tells errors, load state and context size. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits, ProviderConfig } from '@lightchat/protocol';
import type { LLMProvider, ModelRequest } from '../../engine/ports.ts';
import { AnswerStream } from '../kit/answer-stream.ts';
import { createLineReader } from '../kit/event-reader.ts';
import { fallbacksOf } from '../kit/fallbacks.ts';
import { requestJson } from '../kit/request-json.ts';
import { readTarget, type Target } from '../kit/target.ts';
import type { Http } from '../kit/upstream-http.ts';
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

  return {
    id: config.id,
    type: 'ollama',
    can: { tools: true, vision: true, reasoning: true, list_models: true },
    system_prompt: config.system_prompt ?? null,
    default_model: config.default_model ?? null,
    fallbacks: fallbacksOf(config),
    listModels: createModelLister(target, http),

    chatStream(request: ModelRequest, signal: AbortSignal) {
      const { model_id } = request;
      const asked = {
        model_id,
        model_remedy: `Fetch it with "ollama pull ${model_id.slice(0, 120)}", or choose one from the list.`,
        context_remedy: 'Raise context_length of this provider in settings, start a new chat, or shorten the message.',
      };
      const stream = () =>
        new AnswerStream({
          target,
          http,
          limits,
          signal,
          asked,
          request: {
            method: 'POST',
            path: '/api/chat',
            accept: 'application/x-ndjson',
            body: toChatRequest(request, config.context_length),
          },
          events_are_json: true,
          createReader: createLineReader,
          createTranslator: (answer) => createTranslator(target, asked, answer),
          whileQuiet(tell, quiet) {
            // A hint that cannot be had is no failure.
            tellState(model_id, tell, quiet).catch(() => undefined);
          },
        });
      return { [Symbol.asyncIterator]: () => stream().start() };
    },
  };
}

/** People copy the address with `/v1` or `/api` at its end. */
function withoutApiPath(target: Target): Target {
  return { ...target, base_path: target.base_path.replace(/\/(v1|api)$/, '') };
}
