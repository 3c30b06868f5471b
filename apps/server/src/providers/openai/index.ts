/** Any server that speaks OpenAI's chat completions. */
import type { Limits, ProviderConfig } from '@lightchat/protocol';
import type { EmbeddingRequest, LLMProvider, ModelRequest } from '../../engine/ports.ts';
import { AnswerStream } from '../kit/answer-stream.ts';
import { requestEmbeddings } from '../kit/embeddings.ts';
import { createSseReader } from '../kit/event-reader.ts';
import { toAppError } from '../kit/failure.ts';
import { fallbacksOf } from '../kit/fallbacks.ts';
import { notJson, requestJson } from '../kit/request-json.ts';
import { readTarget } from '../kit/target.ts';
import type { Http } from '../kit/upstream-http.ts';
import { readEmbeddings, toEmbeddingRequest } from './embeddings.ts';
import type { ReasoningPlace } from './messages.ts';
import { readModels } from './models.ts';
import { toChatRequest } from './request.ts';
import { createTranslator } from './response.ts';

/** Throws PROVIDER_UNREACHABLE when the settings cannot work. */
export function createOpenAIProvider(config: ProviderConfig, http: Http, limits: Limits): LLMProvider {
  const target = readTarget(config, {
    remedy: 'Is the server running, and are host and port right?',
    address_remedy: 'Check host in settings: addresses of OpenAI-compatible servers usually end in /v1.',
  });

  const aboutModel = (model_id: string) => ({
    model_id,
    model_remedy: 'Choose one from the list, or check the name.',
    context_remedy: 'Start a new chat, shorten the message, or choose a model with a longer context.',
  });
  /** As this server's answers have it. */
  let reasoning: ReasoningPlace | undefined;

  return {
    id: config.id,
    type: 'openai',
    can: { tools: true, vision: true, reasoning: true, list_models: true },
    system_prompt: config.system_prompt ?? null,
    default_model: config.default_model ?? null,
    fallbacks: fallbacksOf(config),

    async listModels(signal) {
      const models = readModels(await requestJson({ target, http, signal, path: '/models' }));
      if (!models) throw toAppError(notJson(target));
      return models;
    },

    chatStream(request: ModelRequest, signal: AbortSignal) {
      const asked = aboutModel(request.model_id);
      const stream = () =>
        new AnswerStream({
          target,
          http,
          limits,
          signal,
          asked,
          request: {
            method: 'POST',
            path: '/chat/completions',
            accept: 'text/event-stream',
            body: toChatRequest(target, request, reasoning),
          },
          events_are_json: false,
          createReader: createSseReader,
          createTranslator: (answer) =>
            createTranslator(target, asked, answer, limits.output_bytes, (place) => {
              reasoning = place;
            }),
        });
      return { [Symbol.asyncIterator]: () => stream().start() };
    },

    embed(request: EmbeddingRequest, signal: AbortSignal) {
      const body = toEmbeddingRequest(request);
      const asked = { ...aboutModel(request.model_id), context_remedy: 'Cut the text into shorter pieces.' };
      const [path, count, read] = ['/embeddings', request.input.length, readEmbeddings] as const;
      return requestEmbeddings({ target, http, limits, signal, path, body, asked, count, read });
    },
  };
}
