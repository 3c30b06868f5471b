import { type ErrorBody, isAppError, type TerminalStatus, type Usage } from '@lightchat/protocol';
import type { Logger, ModelRequest } from '../ports.ts';
import { type AskPorts, ask, isOutput } from './ask.ts';
import { type Asking, abortAsking, abortCause } from './asking.ts';
import type { Deliver } from './attempt.ts';
import { brokenInside, cutShort, type Ending, endingOf, failure } from './ending.ts';
import { countUsage } from './estimate-usage.ts';

/** How an answer without a run ended. */
export interface CompletionEnd {
  status: TerminalStatus;
  finish_reason: string;
  /** The provider's count, or an estimate; null when nothing was said. */
  usage: Usage | null;
  error: ErrorBody | null;
  /** Who answered; after a fallback not who was asked. */
  provider_id: string;
  model_id: string;
  attempts: number;
  duration_ms: number;
  first_output_ms: number | null;
  /** Everything it said, reasoning left out. */
  text: string;
}

/** Never rejects. */
export async function completeOnce(
  ports: AskPorts & { logger: Logger },
  asking: Asking,
  request: Omit<ModelRequest, 'model_id'>,
  deliver: Deliver,
): Promise<CompletionEnd> {
  const started_at = ports.clock.monotonic();
  const elapsed = () => Math.round(ports.clock.monotonic() - started_at);
  let text = '';
  let reasoning = '';
  let first_output_ms: number | null = null;
  const tell: Deliver = (events) => {
    if (first_output_ms === null && events.some(isOutput)) first_output_ms = elapsed();
    for (const event of events) {
      if (event.type === 'text-delta') text += event.text;
      else if (event.type === 'reasoning-delta') reasoning += event.text;
    }
    return deliver(events);
  };
  const noLimit = ports.clock.after(asking.limits.run_ms, () => abortAsking(asking, 'too-long'));
  let ending: Ending;
  try {
    ending = endingOf(await ask(ports, asking, request, tell), asking);
    if (ending.rest.length > 0) await tell(ending.rest);
  } catch (error) {
    const cause = abortCause(asking);
    ending = cause ? cutShort(cause) : failure(isAppError(error) ? error.toBody() : unexpected(ports.logger, error));
  } finally {
    noLimit();
  }
  const said = [{ type: 'reasoning', text: reasoning } as const, { type: 'text', text } as const];
  return {
    status: ending.status,
    finish_reason: ending.finish_reason,
    usage: countUsage(ending.usage, request.messages, { parts: said.filter((part) => part.text !== '') }),
    error: ending.error,
    provider_id: asking.provider.id,
    model_id: asking.model_id,
    attempts: asking.attempts,
    duration_ms: elapsed(),
    first_output_ms,
    text,
  };
}

function unexpected(logger: Logger, error: unknown): ErrorBody {
  const details = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  logger.write({
    role: 'error',
    event_type: 'completion_broke',
    content: 'An answer failed inside LightChat',
    details,
  });
  return brokenInside();
}
