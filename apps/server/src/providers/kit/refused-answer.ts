import type { AppError } from '@lightchat/protocol';
import type { ModelEvent } from '../../engine/ports.ts';

/** An answer that is refused before anybody is asked. */
export async function* refusedAnswer(
  error: AppError,
  signal: AbortSignal,
): AsyncGenerator<readonly ModelEvent[], void> {
  if (!signal.aborted) yield [{ type: 'error', error: error.toBody(), retry: 'never' }];
}
