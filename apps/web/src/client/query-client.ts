import { QueryClient } from '@tanstack/react-query';
import { isTransient } from './request.ts';

/** Server state that is not a conversation's messages. Keys are listed here, so that who invalidates and who reads agree. */
export const queryKeys = {
  conversations: ['conversations'] as const,
  providers: ['providers'] as const,
  models: (providerId: string) => ['models', providerId] as const,
  config: ['config'] as const,
  configPath: ['config-path'] as const,
  health: ['health'] as const,
  logs: ['logs'] as const,
};

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A refusal stays a refusal; only silence is worth asking again, briefly, because every list is also polled or pushed.
        retry: (count, error) => count < 2 && isTransient(error),
        retryDelay: (count) => 500 * 2 ** count,
        staleTime: 5000,
      },
    },
  });
}

export const queryClient = createQueryClient();
