/** Changes to the list of conversations: shown at once, put back when the server refuses. */
import type { Conversation } from '@lightchat/protocol';
import type { InfiniteData } from '@tanstack/react-query';
import { api, type ConversationPage } from './api.ts';
import { queryClient, queryKeys } from './query-client.ts';

type Pages = InfiniteData<ConversationPage, string | undefined>;

async function changeList(change: (items: Conversation[]) => Conversation[], request: () => Promise<unknown>) {
  const queryKey = queryKeys.conversations;
  await queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData<Pages>(
    queryKey,
    (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) },
  );
  try {
    await request();
  } finally {
    void queryClient.invalidateQueries({ queryKey });
  }
}

/** Hides it; `restoreConversation` brings it back. Rejects with RequestFailed. */
export function deleteConversation(id: string): Promise<void> {
  return changeList(
    (items) => items.filter((item) => item.id !== id),
    () => api.deleteConversation(id),
  );
}

export function restoreConversation(id: string): Promise<void> {
  return changeList(
    (items) => items,
    () => api.restoreConversation(id),
  );
}

export function renameConversation(id: string, title: string): Promise<void> {
  return changeList(
    (items) => items.map((item) => (item.id === id ? { ...item, title } : item)),
    () => api.changeConversation(id, { title }),
  );
}
