/** One conversation: its transcript, and the field to go on with it. */
import { type ReactNode, useState } from 'react';
import type { ChatSession, ChatSnapshot, RunSettings } from '../../client/chat-session.ts';
import { useChat } from '../../client/use-chat-session.ts';
import { Button } from '../../ui/button.tsx';
import { NoticeStrip } from '../../ui/notice-strip.tsx';
import { ChatWindow } from './chat-window.tsx';
import { Greeting, Suggestions } from './empty-state.tsx';
import { PromptInput } from './prompt-input.tsx';
import { useAnnouncements } from './use-announcements.ts';

interface ChatProps {
  session: ChatSession;
  /** How the next answer is made. */
  settings: RunSettings;
  /** What stands above the field and concerns every conversation. */
  notices: ReactNode;
  /** A fault that the notices name already. */
  alreadySaid?: string | undefined;
}

export function Chat({ session, settings, notices, alreadySaid }: ChatProps) {
  const conversationId = useChat(session, (chat) => chat.conversationId);
  const loading = useChat(session, (chat) => chat.loading);
  const isEmpty = useChat(session, (chat) => chat.rows.length === 0);
  const busy = useChat(session, (chat) => chat.state !== 'idle');
  const stopping = useChat(session, (chat) => chat.stopping);
  const problem = useChat(session, (chat) => chat.problem);
  const [suggestion, setSuggestion] = useState<{ text: string } | null>(null);
  useAnnouncements(session);

  const inviting = isEmpty && loading === 'ready';
  return (
    <div
      className={inviting ? 'flex min-h-0 flex-1 flex-col justify-center pb-[8dvh]' : 'flex min-h-0 flex-1 flex-col'}
    >
      <ChatWindow
        session={session}
        onRetry={(id) => void session.retry(id, settings)}
        empty={inviting ? <Greeting /> : <LoadingState loading={loading} onRetry={() => session.refresh()} />}
      />
      {loading === 'missing' && !isEmpty && (
        <div className="mx-auto w-full max-w-column px-3 pb-5">
          <NoticeStrip tone="warning">
            This conversation was deleted. What is shown here is no longer stored.
          </NoticeStrip>
        </div>
      )}
      {loading !== 'missing' && (
        <div className={isEmpty && !inviting ? 'mt-auto shrink-0' : 'shrink-0'}>
          <div className="mx-auto flex w-full max-w-column flex-col gap-2 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] wide:pb-5">
            {notices}
            {problem && problem.message !== alreadySaid && (
              <NoticeStrip tone="danger" action={{ label: 'Dismiss', run: () => session.dismissProblem() }}>
                {problem.message}
              </NoticeStrip>
            )}
            <PromptInput
              conversationId={conversationId}
              busy={busy}
              stopping={stopping}
              suggestion={suggestion}
              onSend={(text) => session.send(text, settings)}
              onStop={() => session.stop()}
            />
            {inviting && <Suggestions onPick={(text) => setSuggestion({ text })} />}
          </div>
        </div>
      )}
    </div>
  );
}

interface LoadingStateProps {
  loading: ChatSnapshot['loading'];
  onRetry: () => void;
}

function LoadingState({ loading, onRetry }: LoadingStateProps) {
  if (loading === 'missing') {
    return (
      <div className="py-24 text-center">
        <p className="font-semibold text-lg">This conversation is not here</p>
        <p className="mt-1 text-muted">It was deleted, or the address is wrong.</p>
      </div>
    );
  }
  return (
    <div className="py-16 text-center text-muted text-sm">
      {loading === 'failed' ? <Button onClick={onRetry}>Load the conversation again</Button> : 'Loading…'}
    </div>
  );
}
