import { useEffect } from 'react';
import { chatSessionFor } from '../client/chat-sessions.ts';
import { useConversations } from '../client/queries.ts';
import { useChat } from '../client/use-chat-session.ts';
import { Chat } from '../features/chat/chat.tsx';
import { ServerNotice } from '../features/health/server-notice.tsx';
import { SelectionNotice, selectionProblem } from '../features/models/selection-notice.tsx';
import { useSelection } from '../features/models/use-selection.ts';
import { useMediaQuery } from '../ui/use-media-query.ts';
import { Header } from './header.tsx';
import { LayerHost } from './layer-host.tsx';
import { NoticeHost } from './notice-host.tsx';
import { navigate, pathOf, useConversationId } from './route.ts';
import { Sidebar } from './sidebar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useTitle } from './use-title.ts';

/** The page: which conversation, where everything stands, and what concerns all of it. */
export function App() {
  const conversationId = useConversationId();
  const session = chatSessionFor(conversationId);
  const savedId = useChat(session, (chat) => chat.conversationId);
  const connected = useChat(session, (chat) => chat.connected);
  const conversations = useConversations();
  const selection = useSelection();
  const isWide = useMediaQuery('(min-width: 900px)');
  useShortcuts(session);

  // A new conversation gets its address as soon as it has an id.
  useEffect(() => {
    if (conversationId === null && savedId !== null) navigate(pathOf(savedId));
  }, [conversationId, savedId]);

  const items = conversations.data?.pages.flatMap((page) => page.items) ?? [];
  const title = items.find((item) => item.id === savedId)?.title;
  useTitle(title, session.key);

  const settings = { provider_id: selection.provider?.id, model_id: selection.modelId };
  return (
    <div className="flex h-full overflow-hidden">
      {isWide && (
        <aside className="flex w-66 shrink-0 flex-col border-hairline border-r bg-surface">
          <Sidebar currentId={savedId} />
        </aside>
      )}
      <main className="flex min-w-0 flex-1 flex-col">
        <h1 className="sr-only">{title ?? 'New conversation'}</h1>
        <Header selection={selection} isWide={isWide} />
        <Chat
          key={session.key}
          session={session}
          settings={settings}
          alreadySaid={selectionProblem(selection)}
          notices={
            <ServerNotice connected={connected}>
              <SelectionNotice selection={selection} />
            </ServerNotice>
          }
        />
      </main>
      <LayerHost currentId={savedId} isWide={isWide} />
      <NoticeHost />
    </div>
  );
}
