/** The thread that searches: its own connection, which can only read. Started by search-thread.ts. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { createFinder, type FindRequest } from './find.ts';
import type { Answer, ThreadData } from './search-thread.ts';

const { file } = workerData as ThreadData;
const database = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
const find = createFinder(database);

parentPort?.on('message', (request: FindRequest) => parentPort?.postMessage(answer(request)));

function answer(request: FindRequest): Answer {
  try {
    return { page: find(request) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
