/** Server state as hooks. Polling is a safety net under `stay-current.ts`, and stops while the page is hidden. */
import type { ProviderInfo } from '@lightchat/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from './api.ts';
import { queryKeys } from './query-client.ts';

const SECOND = 1000;

export function useHealth() {
  return useQuery({
    queryKey: queryKeys.health,
    queryFn: ({ signal }) => api.health(signal),
    // An outage should not look longer than it is.
    refetchInterval: (query) => (query.state.status === 'error' ? 2 : 5) * SECOND,
    retry: false,
  });
}

export function useProviders() {
  return useQuery({
    queryKey: queryKeys.providers,
    queryFn: ({ signal }) => api.providers(signal),
    // The server answers at once and looks at providers behind the answer, so a first `unknown` is soon known.
    refetchInterval: ({ state }) => (hasUnknown(state.data) ? 2 : 15) * SECOND,
  });
}

function hasUnknown(providers: ProviderInfo[] | undefined): boolean {
  return providers?.some((provider) => provider.status === 'unknown') ?? false;
}

/** The models of one provider; nothing is asked while there is no provider. */
export function useModels(provider: ProviderInfo | undefined) {
  return useQuery({
    // A provider that comes back has another list than one that was away.
    queryKey: [...queryKeys.models(provider?.id ?? ''), provider?.status === 'ready'],
    queryFn: ({ signal }) => api.models(provider?.id ?? '', signal),
    enabled: provider !== undefined,
    staleTime: 60 * SECOND,
    retry: false,
  });
}

export function useConfig() {
  return useQuery({
    queryKey: queryKeys.config,
    queryFn: ({ signal }) => api.config(signal),
    staleTime: 60 * SECOND,
    retry: false,
  });
}

export function useConfigPath() {
  return useQuery({
    queryKey: queryKeys.configPath,
    queryFn: ({ signal }) => api.configPath(signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function useConversations() {
  return useInfiniteQuery({
    queryKey: queryKeys.conversations,
    queryFn: ({ pageParam, signal }) => api.conversations(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useLogs() {
  return useQuery({
    queryKey: queryKeys.logs,
    queryFn: ({ signal }) => api.logs(signal),
    refetchInterval: 2 * SECOND,
    staleTime: 0,
    retry: false,
  });
}
