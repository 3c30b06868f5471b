import type { ClientNames, ConversationStore, RunLog, UsageLog, UsageReader } from '../../engine/ports.ts';
import { createClientNames } from './client-names.ts';
import { createConversationStore } from './conversation-store.ts';
import { openDatabase } from './open-database.ts';
import { createUsageReader } from './read-usage.ts';
import { createRunLog } from './run-log.ts';

export interface SqliteStore {
  conversations: ConversationStore;
  runs: RunLog;
  usage: UsageLog;
  usageReader: UsageReader;
  names: ClientNames;
  /** Copies of the database made before it was migrated by this start. */
  snapshots: string[];
  /** Commits what waits and closes. Nothing may be called afterwards. */
  close(): void;
}

/** Opens the store in a data folder. Throws StoreRefusal with a sentence for the person who started LightChat. */
export function openSqliteStore(folder: string): SqliteStore {
  const { database, snapshots, close } = openDatabase(folder);
  const runs = createRunLog(database);
  return {
    runs,
    usage: runs.usage,
    usageReader: createUsageReader(database),
    conversations: createConversationStore(database, runs.events),
    names: createClientNames(database),
    snapshots,
    close() {
      runs.close();
      close();
    },
  };
}
