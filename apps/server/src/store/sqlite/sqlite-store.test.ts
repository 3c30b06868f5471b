import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientNamesContract } from '../../engine/testing/client-names.contract.ts';
import { conversationStoreContract } from '../../engine/testing/conversation-store.contract.ts';
import { runLogContract, type StoreUnderTest } from '../../engine/testing/run-log.contract.ts';
import { createClientNames } from './client-names.ts';
import { createConversationStore } from './conversation-store.ts';
import { openDatabase } from './open-database.ts';
import { createRunLog } from './run-log.ts';

async function open(): Promise<StoreUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'lightchat-store-'));
  return over(folder);
}

function over(folder: string): StoreUnderTest {
  const opened = openDatabase(folder);
  const runs = createRunLog(opened.database);
  return {
    runs,
    conversations: createConversationStore(opened.database, runs.events),
    names: createClientNames(opened.database),
    async reopenAfterCrash() {
      opened.close(); // without runs.close(): what waits for a commit is lost, as in a crash
      return over(folder);
    },
    async close() {
      runs.close();
      opened.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

runLogContract('sqlite', open);
conversationStoreContract('sqlite', open);
clientNamesContract('sqlite', open);
