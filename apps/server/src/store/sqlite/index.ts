import type { ClientNames, ConversationStore, RunLog, Trash, UsageLog, UsageReader } from '../../engine/ports.ts';
import { createClientNames } from './client-names.ts';
import { createConversationStore } from './conversation-store.ts';
import { explained } from './explained.ts';
import { openDatabase } from './open-database.ts';
import { createUsageReader } from './read-usage.ts';
import { createRunLog } from './run-log.ts';
import { createSearch } from './search/search.ts';
import { createTrash } from './trash.ts';

export interface SqliteStore {
  conversations: ConversationStore;
  runs: RunLog;
  usage: UsageLog;
  usageReader: UsageReader;
  names: ClientNames;
  trash: Trash;
  /** Copies of the database made before it was migrated by this start. */
  snapshots: string[];
  /** Commits what waits and closes. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** Opens the store in a data folder. Throws StoreRefusal with a sentence for the person who started LightChat. */
export function openSqliteStore(folder: string): SqliteStore {
  const { database, file, snapshots, close } = openDatabase(folder);
  const searching = createSearch(database, file);
  const unfinished = new Set<string>();
  const runs = createRunLog(database);
  const { find, get, read } = runs;
  return {
    // The ones that write say by themselves what a failure means.
    runs: { ...runs, ...explained({ find, get, read }) },
    usage: runs.usage,
    usageReader: createUsageReader(database),
    conversations: explained(createConversationStore(database, runs.events, searching, unfinished)),
    names: explained(createClientNames(database)),
    trash: explained(createTrash(database, unfinished)),
    snapshots,
    close() {
      runs.close();
      const isSearching = searching.isStarted();
      const ended = searching.close();
      if (isSearching) return ended.then(close);
      close();
      return Promise.resolve();
    },
  };
}
