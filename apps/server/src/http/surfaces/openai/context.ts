import type { Clock, ProviderDirectory } from '../../../engine/ports.ts';
import type { SurfaceContext } from '../../kit/context.ts';

/** What the gateway for OpenAI's clients is given. */
export interface OpenAIContext extends SurfaceContext {
  providers: ProviderDirectory;
  clock: Clock;
}
