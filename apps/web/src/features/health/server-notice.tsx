import type { ReactNode } from 'react';
import { useHealth } from '../../client/queries.ts';
import { NoticeStrip } from '../../ui/notice-strip.tsx';

interface ServerNoticeProps {
  /** Whether the conversation on screen has its connection. */
  connected: boolean;
  /** What else there is to say; worth nothing while the server is away. */
  children: ReactNode;
}

/** Says what is wrong with the server itself: not answering, or running on older settings than the file has. */
export function ServerNotice({ connected, children }: ServerNoticeProps) {
  const { data, isError, refetch } = useHealth();
  if (isError || !connected) {
    return (
      <NoticeStrip tone="danger" action={{ label: 'Try now', run: () => void refetch() }}>
        LightChat’s server is not answering. Everything here stays, and the page reconnects by itself.
      </NoticeStrip>
    );
  }
  if (!data?.config_error) return children;
  const { line, message } = data.config_error;
  return (
    <>
      <NoticeStrip tone="warning">
        settings.yaml has a mistake{line === null ? '' : ` on line ${line}`}, so the last good version is in force:{' '}
        {message}
      </NoticeStrip>
      {children}
    </>
  );
}
