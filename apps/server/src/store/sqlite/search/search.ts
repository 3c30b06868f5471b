import type { DatabaseSync } from 'node:sqlite';
import { createIndexer } from './indexer.ts';
import { createSearchThread, type SearchThread } from './search-thread.ts';

/** Search over the database in `file`, which `database` writes: whatever is committed can be found. */
export function createSearch(database: DatabaseSync, file: string): SearchThread {
  const indexer = createIndexer(database);
  const thread = createSearchThread(file);
  return {
    async find(request, signal) {
      await indexer.catchUp();
      return thread.find(request, signal);
    },
    isStarted: thread.isStarted,
    close() {
      indexer.close();
      return thread.close();
    },
  };
}
