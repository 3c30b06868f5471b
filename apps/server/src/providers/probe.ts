import { AppError, isAppError, type ModelInfo, type ProviderStatus } from '@lightchat/protocol';
import type { Clock, LLMProvider } from '../engine/ports.ts';

/** What was found out about a provider. */
export interface Finding {
  status: ProviderStatus;
  /** Why it is not ready, with the remedy. */
  problem?: string;
  /** The last listing, kept while the provider is away. */
  models?: ModelInfo[];
}

/** A probe asks for the list of models; more than this it does not wait. */
const PROBE_MS = 2000;

/** Asks a provider whether it is there. Never rejects; undefined when `signal` aborted meanwhile. */
export async function probe(provider: LLMProvider, clock: Clock, signal: AbortSignal): Promise<Finding | undefined> {
  const late = new AbortController();
  const answered = new AbortController();
  void clock.sleep(PROBE_MS, answered.signal).then(() => {
    const message = `${provider.id} did not answer within ${PROBE_MS / 1000} s. It may be busy or starting.`;
    if (!answered.signal.aborted) late.abort(new AppError('PROVIDER_TIMEOUT', message));
  });
  try {
    return { status: 'ready', models: await provider.listModels(AbortSignal.any([signal, late.signal])) };
  } catch (error) {
    return signal.aborted ? undefined : findingOf(error);
  } finally {
    answered.abort();
  }
}

export function findingOf(error: unknown): Finding {
  if (!isAppError(error)) return { status: 'unreachable', problem: 'It could not be asked.' };
  if (error.code === 'PROVIDER_UNAUTHORIZED') return { status: 'unauthorized', problem: error.message };
  // Somebody who limits requests is there; whether it answers, nobody knows now.
  if (error.code === 'RATE_LIMITED') return { status: 'unknown', problem: error.message };
  return { status: 'unreachable', problem: error.message };
}
