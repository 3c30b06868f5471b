import { AppError, isAppError, type ProviderConfig } from '@lightchat/protocol';
import type { LLMProvider } from '../engine/ports.ts';
import { fallbacksOf } from './kit/fallbacks.ts';
import { refusedAnswer } from './kit/refused-answer.ts';

export function toProblem(error: unknown): AppError {
  if (isAppError(error)) return error;
  return new AppError('PROVIDER_UNREACHABLE', 'The settings of this provider cannot be used.', { cause: error });
}

/** Stands in for a provider whose settings cannot work, and says so to whoever uses it. */
export function createMisconfiguredProvider(config: ProviderConfig, problem: AppError): LLMProvider {
  return {
    id: config.id,
    type: config.type,
    can: { tools: false, vision: false, reasoning: false, list_models: false },
    system_prompt: config.system_prompt ?? null,
    default_model: config.default_model ?? null,
    fallbacks: fallbacksOf(config),
    listModels: () => Promise.reject(problem),
    chatStream: (_, signal) => refusedAnswer(problem, signal),
  };
}
