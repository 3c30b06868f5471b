/**
 * Searches in a thread of its own, one query at a time: a rare one takes longer than answers may be held up. The
 * thread is started by the first search, started anew after it died, and does not keep the process alive.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '@lightchat/protocol';
import type { FindRequest, FoundPage } from './find.ts';

export interface SearchThread {
  /**
   * Rejects with CONFLICT when a newer search of the same owner goes on where this one was typed, or `signal` aborts,
   * before it was begun; with INTERNAL when the thread died.
   */
  find(request: FindRequest, signal?: AbortSignal): Promise<FoundPage>;
  isStarted(): boolean;
  /** Ends the thread. What waits is rejected. */
  close(): Promise<void>;
}

export interface ThreadData {
  file: string;
}

export type Answer = { page: FoundPage } | { failure: string };

interface Job {
  request: FindRequest;
  resolve(page: FoundPage): void;
  reject(error: unknown): void;
}

const ABANDONED = 'Nobody waits for this search any more.';

/** Beside this file in the sources, and beside the bundle when built. */
const SCRIPT = import.meta.dirname.endsWith('search')
  ? join(import.meta.dirname, 'worker.ts')
  : join(import.meta.dirname, 'search-worker.cjs');

export function createSearchThread(file: string, script: string | URL = SCRIPT): SearchThread {
  let worker: Worker | undefined;
  let working: Job | undefined;
  let waiting: Job[] = [];
  let isClosed = false;

  function next(): void {
    if (working || isClosed) return;
    working = waiting.shift();
    if (!working) return;
    try {
      worker ??= start();
      worker.postMessage(working.request);
    } catch (cause) {
      // The system gives no thread now: the next search tries anew.
      settle((job) => job.reject(new Error('The search thread did not start.', { cause })));
    }
  }

  function start(): Worker {
    const data: ThreadData = { file };
    const started = new Worker(script, { workerData: data });
    started.unref();
    started.on('message', (answer: Answer) => {
      if ('page' in answer) settle((job) => job.resolve(answer.page));
      else settle((job) => job.reject(new Error(answer.failure)));
    });
    // 'exit' follows, with a reason that says less.
    started.on('error', (error) => died(started, error));
    started.on('exit', (code) => died(started, new Error(`exit code ${code}`)));
    return started;
  }

  function died(which: Worker, cause: unknown): void {
    if (worker !== which) return;
    worker = undefined;
    settle((job) => job.reject(new Error('The search thread died.', { cause })));
  }

  function settle(how: (job: Job) => void): void {
    const job = working;
    working = undefined;
    if (job) how(job);
    next();
  }

  function drop(isOutdated: (job: Job) => boolean, why: string): void {
    const dropped = waiting.filter(isOutdated);
    waiting = waiting.filter((job) => !dropped.includes(job));
    for (const job of dropped) job.reject(new AppError('CONFLICT', why));
  }

  return {
    find: (request, signal) =>
      new Promise((resolve, reject) => {
        if (isClosed) throw new AppError('SHUTTING_DOWN', 'LightChat is shutting down.');
        if (signal?.aborted) throw new AppError('CONFLICT', ABANDONED);
        drop((job) => goesOn(request, job.request), 'A newer search took the place of this one.');
        const job: Job = { request, resolve, reject };
        waiting.push(job);
        signal?.addEventListener('abort', () => drop((other) => other === job, ABANDONED), { once: true });
        next();
      }),
    isStarted: () => worker !== undefined,
    async close() {
      isClosed = true;
      drop(() => true, 'LightChat is shutting down.');
      await worker?.terminate();
    },
  };
}

/** Whether `newer` is what the typing of `older` has become. Two searches for different things are both answered. */
function goesOn(newer: FindRequest, older: FindRequest): boolean {
  if (newer.owner !== older.owner || newer.after || older.after || newer.q === older.q) return false;
  return newer.q.startsWith(older.q) || older.q.startsWith(newer.q);
}
