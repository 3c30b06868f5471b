import { NoticeCard } from '../ui/notice-card.tsx';
import { useNotices } from './notices.ts';

/** Both regions are always there: a screen reader only watches regions it has met before. */
export function NoticeHost() {
  const { notices, announcement, dismiss } = useNotices();
  return (
    <>
      <div role="status" className="sr-only">
        <span key={announcement.n}>{announcement.text}</span>
      </div>
      <div
        aria-live="polite"
        className="pointer-events-none fixed inset-x-3 bottom-28 wide:left-66 z-30 flex flex-col items-center gap-2 *:pointer-events-auto"
      >
        {notices.map(({ id, text, tone, action }) => (
          <NoticeCard key={id} text={text} danger={tone === 'danger'} action={action} onDismiss={() => dismiss(id)} />
        ))}
      </div>
    </>
  );
}
