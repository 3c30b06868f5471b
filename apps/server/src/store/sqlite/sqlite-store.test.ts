import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientNamesContract } from '../../engine/testing/client-names.contract.ts';
import { conversationStoreContract } from '../../engine/testing/conversation-store.contract.ts';
import { messageTreeContract } from '../../engine/testing/message-tree.contract.ts';
import { runLogContract, type StoreUnderTest } from '../../engine/testing/run-log.contract.ts';
import { searchContract } from '../../engine/testing/search.contract.ts';
import { trashContract } from '../../engine/testing/trash.contract.ts';
import { createClientNames } from './client-names.ts';
import { createConversationStore } from './conversation-store.ts';
import { openDatabase } from './open-database.ts';
import { createRunLog } from './run-log.ts';
import { createSearch } from './search/search.ts';
import { createTrash } from './trash.ts';

async function open(): Promise<StoreUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'lightchat-store-'));
  return over(folder);
}

function over(folder: string): StoreUnderTest {
  const opened = openDatabase(folder);
  const runs = createRunLog(opened.database);
  const searching = createSearch(opened.database, opened.file);
  const unfinished = new Set<string>();
  return {
    runs,
    conversations: createConversationStore(opened.database, runs.events, searching, unfinished),
    trash: createTrash(opened.database, unfinished),
    names: createClientNames(opened.database),
    async reopenAfterCrash() {
      await searching.close();
      opened.close(); // without runs.close(): what waits for a commit is lost, as in a crash
      return over(folder);
    },
    async close() {
      runs.close();
      await searching.close();
      opened.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

runLogContract('sqlite', open);
conversationStoreContract('sqlite', open);
clientNamesContract('sqlite', open);
messageTreeContract('sqlite', open);
searchContract('sqlite', open);
trashContract('sqlite', open);
