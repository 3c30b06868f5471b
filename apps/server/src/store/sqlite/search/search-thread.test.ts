import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenDatabase, openDatabase } from '../open-database.ts';
import type { FindRequest } from './find.ts';
import { createSearch } from './search.ts';
import { createSearchThread, type SearchThread } from './search-thread.ts';

let folder: string;
let opened: OpenDatabase;
let threads: SearchThread[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightchat-thread-'));
  opened = openDatabase(folder);
  opened.database.exec(
    "INSERT INTO conversations (id, owner, title, created_at, updated_at) VALUES ('c1', 'local', 'Needle', 'x', 'x')",
  );
  threads = [];
});
afterEach(async () => {
  await Promise.all(threads.map((thread) => thread.close()));
  opened.close();
  rmSync(folder, { recursive: true, force: true });
});

const asking = (q: string, more: Partial<FindRequest> = {}): FindRequest => ({
  owner: 'local',
  q,
  archived: undefined,
  after: undefined,
  limit: 5,
  ...more,
});

function thread(script?: string): SearchThread {
  const file = join(folder, 'worker.mjs');
  if (script) writeFileSync(file, script);
  const made = script ? createSearchThread(opened.file, pathToFileURL(file)) : createSearchThread(opened.file);
  threads.push(made);
  return made;
}

const settled = (promise: Promise<unknown>) =>
  promise.then(
    () => 'found',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

describe('the search thread', () => {
  it('[CP-6] starts with the first search, reads what is committed, and keeps no log from shrinking', async () => {
    const searching = createSearch(opened.database, opened.file);
    threads.push(searching);
    expect(searching.isStarted()).toBe(false);
    expect((await searching.find(asking('need'))).items).toMatchObject([{ conversation: { id: 'c1' } }]);
    expect(searching.isStarted()).toBe(true);
    opened.database.exec("UPDATE conversations SET title = 'Thread'");
    expect((await searching.find(asking('need'))).items).toEqual([]);
    expect((await searching.find(asking('thr'))).items).toHaveLength(1);
    expect(opened.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0, log: 0 });
  });

  it('[CP-6] drops what is outdated by further typing of the same owner, and nothing else', async () => {
    const searching = thread();
    const first = searching.find(asking('n'));
    const outdated = searching.find(asking('ne'));
    const elsewhere = searching.find(asking('ne', { owner: 'somebody' }));
    const other = searching.find(asking('thread'));
    const page = searching.find(asking('ne', { after: { in: 'titles', position: 9 } }));
    const newest = searching.find(asking('nee'));
    const all = [first, outdated, elsewhere, other, page, newest].map(settled);
    expect(await Promise.all(all)).toEqual(['found', 'CONFLICT', 'found', 'found', 'found', 'found']);
  });

  it('[CP-6] drops what nobody waits for any more', async () => {
    const searching = thread();
    const gone = new AbortController();
    const first = settled(searching.find(asking('n')));
    const waiting = settled(searching.find(asking('thread'), gone.signal));
    gone.abort();
    expect(await Promise.all([first, waiting])).toEqual(['found', 'CONFLICT']);
    expect(await settled(searching.find(asking('thread'), gone.signal))).toBe('CONFLICT');
  });

  it('[CP-6] outlives a thread that dies: that search fails, the next ones do not', async () => {
    const searching = thread(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ q }) => {
        if (q === 'exit') process.exit(3);
        if (q === 'throw') throw new Error('boom');
        parentPort.postMessage(q === 'fail' ? { failure: 'a reason' } : { page: { items: [], next: null } });
      });`);
    const results = ['exit', 'one', 'throw', 'two', 'fail', 'three'].map((q) => settled(searching.find(asking(q))));
    const died = 'The search thread died.';
    expect(await Promise.all(results)).toEqual([died, 'found', died, 'found', 'a reason', 'found']);
  });

  it('[CP-6] ends with the store, and so does what waits', async () => {
    const searching = thread("import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {});");
    const never = [settled(searching.find(asking('one'))), settled(searching.find(asking('two')))];
    await searching.close();
    expect(await Promise.all(never)).toEqual(['The search thread died.', 'CONFLICT']);
    expect(await settled(searching.find(asking('three')))).toBe('SHUTTING_DOWN');
  });

  it('[CP-6] answers every search where no thread can be started', async () => {
    const searching = createSearchThread(opened.file, 'no path');
    threads.push(searching);
    const results = ['one', 'two'].map((q) => settled(searching.find(asking(q))));
    const unstarted = 'The search thread did not start.';
    expect(await Promise.all(results)).toEqual([unstarted, unstarted]);
  });
});
