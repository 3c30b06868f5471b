import { memo, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { MessageRow } from '../../client/branch.ts';
import type { ChatSession } from '../../client/chat-session.ts';
import { useChat, useMessage } from '../../client/use-chat-session.ts';
import { ErrorBoundary } from '../../ui/error-boundary.tsx';
import { ChatMessage } from './chat-message.tsx';
import { PlainMessage } from './plain-message.tsx';
import { VersionSwitch } from './version-switch.tsx';

/** Mounting is what opening a long conversation costs, so it starts with its end. */
const PAGE = 50;

interface MessageListProps {
  session: ChatSession;
  rows: readonly MessageRow[];
  viewport: RefObject<HTMLElement | null>;
  onRetry: (messageId: string) => void;
}

export function MessageList({ session, rows, viewport, onRetry }: MessageListProps) {
  const [shown, setShown] = useState(PAGE);
  const first = Math.max(0, rows.length - shown);
  const fromEnd = useRef<number>(undefined);
  const earlier = useRef<HTMLButtonElement>(null);

  const showEarlier = useRef(() => {
    const view = viewport.current;
    fromEnd.current = view ? view.scrollHeight - view.scrollTop : undefined;
    setShown((count) => count + PAGE);
  });

  // What was in view stays in view when the page before it is put above. Measured from the end, for each new count.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the count is what this is about
  useLayoutEffect(() => {
    const view = viewport.current;
    if (view && fromEnd.current !== undefined) view.scrollTop = view.scrollHeight - fromEnd.current;
    fromEnd.current = undefined;
  }, [shown, viewport]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: observed anew for each page
  useEffect(() => {
    const button = earlier.current;
    if (!button || !viewport.current) return;
    const options = { root: viewport.current, rootMargin: '400px 0px 0px' };
    const near = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && showEarlier.current(),
      options,
    );
    near.observe(button);
    return () => near.disconnect();
  }, [shown, first > 0, viewport]);

  return (
    <div className="flex flex-col gap-3 pt-6 pb-8">
      {first > 0 && (
        <button
          ref={earlier}
          type="button"
          className="mx-auto min-h-9 rounded-md px-3 text-link text-sm hover:underline"
          onClick={() => showEarlier.current()}
        >
          Show {Math.min(PAGE, first)} earlier
        </button>
      )}
      {rows.slice(first).map((row, index, page) => (
        <Row
          key={row.key}
          session={session}
          id={row.id}
          versions={row.versions}
          isLast={index === page.length - 1}
          onRetry={onRetry}
        />
      ))}
    </div>
  );
}

interface RowProps {
  session: ChatSession;
  id: string;
  versions: readonly string[] | undefined;
  isLast: boolean;
  onRetry: (messageId: string) => void;
}

/** Drawn again only when its own message changed, so a stream costs the same after a thousand messages. */
const Row = memo(function Row({ session, id, versions, isLast, onRetry }: RowProps) {
  const message = useMessage(session, id);
  const activity = useChat(session, (chat) => (chat.liveId === id ? chat.activity : null));
  const stopping = useChat(session, (chat) => chat.liveId === id && chat.stopping);
  const idle = useChat(session, (chat) => chat.state === 'idle');
  if (!message) return null;
  const retry = isLast && idle ? () => onRetry(id) : undefined;
  const onShow = (version: string) => void session.showVersion(version);
  return (
    <ErrorBoundary fallback={() => <PlainMessage message={message} />}>
      <ChatMessage
        message={message}
        activity={activity}
        stopping={stopping}
        isLast={isLast}
        onRetry={retry}
        versions={versions && <VersionSwitch id={id} versions={versions} disabled={!idle} onShow={onShow} />}
      />
    </ErrorBoundary>
  );
});
