/** The transcript: a region with one article per message. It is never live for screen readers; see `use-announcements`. */
import { ArrowDown } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { ChatSession } from '../../client/chat-session.ts';
import { useChat } from '../../client/use-chat-session.ts';
import { MessageList } from './message-list.tsx';
import { useStickToEnd } from './use-stick-to-end.ts';

interface ChatWindowProps {
  session: ChatSession;
  onRetry: (messageId: string) => void;
  /** Shown while there is no message. */
  empty: ReactNode;
}

export function ChatWindow({ session, onRetry, empty }: ChatWindowProps) {
  const rows = useChat(session, (chat) => chat.rows);
  const liveId = useChat(session, (chat) => chat.liveId);
  const { viewport, content, isAway, toEnd } = useStickToEnd();

  // What one just sent is what one wants to see.
  const sent = useRef(liveId);
  useEffect(() => {
    if (liveId !== null && sent.current === null) toEnd();
    sent.current = liveId;
  }, [liveId, toEnd]);

  return (
    <div className={rows.length === 0 ? 'relative flex min-h-0 flex-col' : 'relative flex min-h-0 flex-1 flex-col'}>
      <section
        ref={viewport}
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain outline-offset-[-2px] [scrollbar-gutter:stable_both-edges]"
      >
        <div ref={content} role="log" aria-live="off" className="mx-auto w-full max-w-column px-4">
          {rows.length === 0 ? (
            empty
          ) : (
            <MessageList session={session} rows={rows} viewport={viewport} onRetry={onRetry} />
          )}
        </div>
      </section>
      <div aria-hidden className="pointer-events-none absolute inset-x-0 top-0 h-4 bg-linear-to-b from-bg" />
      <div aria-hidden className="pointer-events-none absolute inset-x-0 bottom-0 h-4 bg-linear-to-t from-bg" />
      {isAway && (
        <button
          type="button"
          className="-translate-x-1/2 absolute bottom-3 left-1/2 flex min-h-9 animate-[appear_120ms_var(--ease-calm)] items-center gap-1.5 rounded-full border border-hairline bg-raised px-3.5 font-medium text-sm shadow-composer hover:bg-hover pointer-coarse:min-h-11"
          onClick={toEnd}
        >
          <ArrowDown aria-hidden size={15} /> Jump to latest
        </button>
      )}
    </div>
  );
}
