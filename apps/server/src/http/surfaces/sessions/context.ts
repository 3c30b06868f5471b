import type { Changes, Clock, ConversationStore, Ids } from '../../../engine/ports.ts';
import type { SurfaceContext } from '../../kit/context.ts';

export interface SessionsContext extends SurfaceContext {
  conversations: ConversationStore;
  changes: Changes;
  clock: Clock;
  ids: Ids;
}

export interface WithId {
  Params: { id: string };
}

export interface WithMessageId {
  Params: { id: string; message_id: string };
}
