import { announce, notify } from '../../app/notices.ts';
import { navigate, pathOf } from '../../app/route.ts';
import { deleteConversation, restoreConversation } from '../../client/conversation-actions.ts';
import { useConversations } from '../../client/queries.ts';
import { Button } from '../../ui/button.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { groupByDay } from './group-by-day.ts';

interface ConversationListProps {
  currentId: string | null;
  /** After a conversation was opened or left. */
  onOpen: () => void;
}

export function ConversationList({ currentId, onOpen }: ConversationListProps) {
  const { data, isPending, isError, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useConversations();
  const items = data?.pages.flatMap((page) => page.items) ?? [];

  const remove = async (id: string, title: string) => {
    const wasOpen = id === currentId;
    if (wasOpen) navigate('/');
    try {
      await deleteConversation(id);
    } catch (fault) {
      return report(`“${title}” could not be deleted.`, fault);
    }
    const undo = async () => {
      try {
        await restoreConversation(id);
        if (wasOpen) navigate(pathOf(id));
        announce(`Restored: ${title}`);
      } catch (fault) {
        report(`“${title}” could not be restored.`, fault);
      }
    };
    notify({ text: 'Conversation deleted', action: { label: 'Undo', run: () => void undo() } });
  };

  return (
    <nav aria-label="Conversations" className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
      {groupByDay(items, new Date()).map(({ label, items: group }) => (
        <section key={label} aria-label={label}>
          <h2 className="px-2.5 pt-4 pb-1 font-medium text-subtle text-xs">{label}</h2>
          <ul className="flex flex-col gap-px">
            {group.map((item) => (
              <ConversationRow
                key={item.id}
                conversation={item}
                current={item.id === currentId}
                onOpen={onOpen}
                onDelete={() => void remove(item.id, item.title)}
              />
            ))}
          </ul>
        </section>
      ))}
      {hasNextPage && (
        <Button className="mt-3 w-full" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading…' : 'Show older'}
        </Button>
      )}
      {items.length === 0 && (
        <p className="px-2.5 pt-4 text-sm text-subtle">
          {isPending && 'Loading…'}
          {isError && error.message}
          {data && 'What you talk about will be listed here.'}
        </p>
      )}
      {isError && items.length === 0 && (
        <Button className="mx-2.5 mt-3" onClick={() => void refetch()}>
          Try again
        </Button>
      )}
    </nav>
  );
}

function report(what: string, fault: unknown) {
  notify({ tone: 'danger', text: fault instanceof Error ? `${what} ${fault.message}` : what });
}
