/** Built in: a chat that answers before any model is connected. Every answer says that it is scripted. */
import { AppError, type ProviderConfig } from '@lightchat/protocol';
import type { Clock, LLMProvider, ModelEvent, ModelRequest } from '../../engine/ports.ts';
import { fallbacksOf } from '../kit/fallbacks.ts';
import { chooseScript } from './scripts.ts';

const MODELS = [
  { id: 'demo', name: 'Demo (scripted)', capabilities: ['completion'] },
  { id: 'demo-fast', name: 'Demo without pauses (scripted)', capabilities: ['completion'] },
];

/** A calm pace, near 60 words a second. */
const WORD_MS = 16;

export function createDemoProvider(config: ProviderConfig, clock: Pick<Clock, 'sleep'>): LLMProvider {
  return {
    id: config.id,
    type: 'demo',
    can: { tools: false, vision: false, reasoning: true, list_models: true },
    system_prompt: config.system_prompt ?? null,
    default_model: config.default_model ?? null,
    fallbacks: fallbacksOf(config),
    listModels(signal) {
      return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve(structuredClone(MODELS));
    },
    chatStream: (request, signal) => play(config.id, request, clock, signal),
  };
}

async function* play(
  provider_id: string,
  request: ModelRequest,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): AsyncGenerator<readonly ModelEvent[], void> {
  if (!MODELS.some(({ id }) => id === request.model_id)) {
    const message = 'The demo has two models: "demo" and "demo-fast".';
    const error = new AppError('MODEL_NOT_FOUND', message, { details: { provider_id } }).toBody();
    yield [{ type: 'error', error, retry: 'never' }];
    return;
  }
  const prompt = request.messages.findLast(({ role }) => role === 'user')?.text ?? '';
  const script = chooseScript(prompt);
  const pause = request.model_id === 'demo-fast' ? 0 : WORD_MS;
  const limit = request.max_tokens ?? Number.POSITIVE_INFINITY;
  let words = 0;
  for (const [type, text] of [
    ['reasoning-delta', script.reasoning],
    ['text-delta', script.answer],
  ] as const) {
    for (const word of text.split(/(?<=\s)(?=\S)/)) {
      if (words >= limit) break;
      if (pause > 0) await clock.sleep(pause, signal);
      if (signal.aborted) return;
      words += 1;
      yield [{ type, text: word }];
    }
  }
  const prompt_tokens = request.messages.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);
  const usage = { prompt_tokens, completion_tokens: words, total_tokens: prompt_tokens + words, estimated: true };
  yield [
    { type: 'usage', usage },
    { type: 'finish', reason: words >= limit ? 'length' : 'stop' },
  ];
}
