/** The server's routes as functions. Nothing else in the page names a path of the API. */
import type {
  ChatRequest,
  Conversation,
  Health,
  LogEntry,
  MessageTree,
  ModelInfo,
  ProviderInfo,
  Run,
  SessionChange,
  Settings,
} from '@lightchat/protocol';
import { request, requestHeader } from './request.ts';

export interface ConversationPage {
  items: Conversation[];
  next_cursor: string | null;
}
export interface LogTail {
  dir: string;
  /** Null while nothing was logged. */
  file: string | null;
  /** Oldest first. */
  entries: LogEntry[];
  /** Present while nothing is being logged. */
  enabled?: false;
}

const at = encodeURIComponent;
const session = (id: string) => `/api/chat/sessions/${at(id)}`;

export const runEventsPath = (runId: string, from: number) => `/runs/${at(runId)}/events?from=${from}`;
export const changesPath = '/api/changes';

export const api = {
  startRun: (body: ChatRequest, signal?: AbortSignal) => request<Run>('/runs', { method: 'POST', body, signal }),
  stopRun: (id: string) => request<Run>(`/runs/${at(id)}/stop`, { method: 'POST', body: {} }),

  conversations: (cursor: string | undefined, signal?: AbortSignal) =>
    request<ConversationPage>(`/api/chat/sessions?limit=50${cursor ? `&cursor=${at(cursor)}` : ''}`, { signal }),
  changeConversation: (id: string, change: SessionChange) =>
    request<Conversation>(session(id), { method: 'PATCH', body: change }),
  deleteConversation: (id: string) => request<void>(session(id), { method: 'DELETE', body: {} }),
  restoreConversation: (id: string) => request<Conversation>(`${session(id)}/restore`, { method: 'POST', body: {} }),
  messages: (id: string) => request<MessageTree>(`${session(id)}/messages`),

  providers: (signal?: AbortSignal) => request<ProviderInfo[]>('/providers', { signal }),
  models: (providerId: string, signal?: AbortSignal) => request<ModelInfo[]>(`/models/${at(providerId)}`, { signal }),
  /** Secrets come masked. */
  config: (signal?: AbortSignal) => request<Settings>('/config', { signal }),
  /** The full path of settings.yaml on the server's machine; null when it does not say. */
  configPath: async (signal?: AbortSignal) => {
    const path = await requestHeader('/config', 'x-lightchat-config-path', signal);
    return path && decodeURI(path);
  },
  health: (signal?: AbortSignal) => request<Health>('/health', { signal }),
  logs: (signal?: AbortSignal) => request<LogTail>('/logs?limit=100', { signal }),
};
