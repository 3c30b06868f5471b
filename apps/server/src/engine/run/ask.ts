/**
 * Asks for one answer: the model, tried again where that may help, then its fallbacks in order. All of it only
 * while nothing was delivered, so that nobody ever sees two beginnings.
 */
import type { ErrorBody, NewChatEvent } from '@lightchat/protocol';
import type { Clock, LLMProvider, ModelRequest, ProviderDirectory } from '../ports.ts';
import type { Asking } from './asking.ts';
import { attempt, type Deliver, type Outcome } from './attempt.ts';
import { retryDelay } from './retry.ts';

export interface AskPorts {
  clock: Clock;
  providers: Pick<ProviderDirectory, 'resolve'>;
}

/** Rejects only when `deliver` does. */
export async function ask(
  ports: AskPorts,
  asking: Asking,
  request: Omit<ModelRequest, 'model_id'>,
  deliver: Deliver,
): Promise<Outcome> {
  const fallbacks = [...asking.provider.fallbacks(asking.model_id)];
  let triesHere = 1;
  let outcome = asking.unready && refused(asking.unready);
  for (;;) {
    outcome ??= orEmptyAnswer(await attempt(asking, { ...request, model_id: asking.model_id }, deliver), asking);
    if (outcome.type !== 'failed' || asking.output_length > 0 || outcome.rest.some(isOutput)) return outcome;
    const { error } = outcome;
    const delay_ms = retryDelay(asking.retry, outcome, triesHere);
    if (delay_ms !== undefined) {
      triesHere += 1;
      asking.attempts += 1;
      await deliver([{ type: 'retry-scheduled', attempt: asking.attempts, delay_ms, error }]);
      await ports.clock.sleep(delay_ms, asking.controller.signal);
      if (asking.controller.signal.aborted) return { type: 'aborted' };
    } else {
      const next = nextOf(ports, fallbacks);
      if (!next) return outcome;
      triesHere = 1;
      asking.attempts += 1;
      Object.assign(asking, next);
      const { provider, model_id } = next;
      await deliver([{ type: 'fallback-taken', attempt: asking.attempts, provider_id: provider.id, model_id, error }]);
    }
    outcome = undefined;
  }
}

function refused(error: ErrorBody): Outcome {
  return { type: 'failed', error, retry: 'never', rest: [] };
}

/** The next fallback whose provider is still there. */
function nextOf(ports: AskPorts, fallbacks: string[]): { provider: LLMProvider; model_id: string } | undefined {
  for (let address = fallbacks.shift(); address !== undefined; address = fallbacks.shift()) {
    const slash = address.indexOf('/');
    try {
      return { provider: ports.providers.resolve(address.slice(0, slash)), model_id: address.slice(slash + 1) };
    } catch {
      // Removed from the settings since: the one after it may still be there.
    }
  }
  return undefined;
}

/** A stream that ends without a word is a failure worth another try, not an answer. */
function orEmptyAnswer(outcome: Outcome, asking: Asking): Outcome {
  if (outcome.type !== 'ended' || asking.output_length > 0 || outcome.rest.some(isOutput)) return outcome;
  const message = 'The provider closed the stream before it said anything.';
  return {
    type: 'failed',
    error: { error_code: 'STREAM_INTERRUPTED', message, details: {} },
    retry: 'before-output',
    rest: outcome.rest,
  };
}

export function isOutput(event: NewChatEvent): boolean {
  return event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-call';
}
