import type { Change } from '@lightchat/protocol';
import type { Changes, Owner } from '../engine/ports.ts';

export interface ChangeFeed extends Changes {
  subscribe(owner: Owner, listener: (change: Change) => void): () => void;
}

/** Tells the pages of this process. */
export function createChangeFeed(): ChangeFeed {
  const listeners = new Map<Owner, Set<(change: Change) => void>>();
  return {
    publish(owner, change) {
      for (const listener of listeners.get(owner) ?? []) listener(change);
    },
    subscribe(owner, listener) {
      const own = listeners.get(owner) ?? new Set();
      listeners.set(owner, own);
      own.add(listener);
      return () => {
        own.delete(listener);
        if (own.size === 0) listeners.delete(owner);
      };
    },
  };
}
