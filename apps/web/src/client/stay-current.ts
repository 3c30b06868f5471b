import type { Change } from '@lightchat/protocol';
import { listenToChanges } from './changes.ts';
import { followVisibility, onConversationChange, refreshWatchedSessions } from './chat-sessions.ts';
import { queryClient, queryKeys } from './query-client.ts';

/** Wires what the server says about changes to what the page keeps. Called once, by main. */
export function stayCurrent(): () => void {
  const invalidate = (queryKey: readonly string[]) => void queryClient.invalidateQueries({ queryKey });
  const onChange = (change: Change) => {
    onConversationChange(change);
    switch (change.type) {
      case 'settings-changed':
        invalidate(queryKeys.health);
        invalidate(queryKeys.config);
        invalidate(queryKeys.providers);
        invalidate(['models']);
        break;
      case 'providers-changed':
        invalidate(queryKeys.providers);
        invalidate(['models']);
        break;
      default:
        invalidate(queryKeys.conversations);
    }
  };
  const stopListening = listenToChanges({
    onChange,
    onOpen: () => {
      refreshWatchedSessions();
      void queryClient.invalidateQueries();
    },
    onLost: () => invalidate(queryKeys.health),
  });
  const stopFollowing = followVisibility();
  return () => {
    stopListening();
    stopFollowing();
  };
}
