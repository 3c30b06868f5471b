import { resolve } from 'node:path';
import type { LogEntry } from '@lightchat/protocol';
import type { Logger } from '../engine/ports.ts';
import { type PendingEntry, toLine, toPending } from './log-line.ts';
import { createLogWriter } from './log-writer.ts';
import { createRedactor, redactDeep } from './redact.ts';
import { type LogTail, tailLog } from './tail.ts';

export interface JsonlLogSettings {
  /** Folder of the log files; created when the first line is written. */
  dir: string;
  enabled: boolean;
  /** Files kept, the one being written included. */
  maxFiles: number;
  /** A file that would grow beyond this is followed by another one. */
  maxBytes: number;
}

export interface JsonlLog extends Logger {
  /** Takes over changed settings from the next line on. What waits is still written. */
  configure(settings: Partial<JsonlLogSettings>): void;
  /** The newest entries, with what was written before the call. Never rejects. `enabled: false` only while switched off. */
  tail(limit: number): Promise<LogTail & { enabled?: false }>;
  /** Lines that were lost because the queue was full. */
  dropped(): number;
  /** Writes what waits, for two seconds at most; later lines are ignored. */
  close(): Promise<void>;
}

export interface JsonlLogOptions extends JsonlLogSettings {
  /** The secrets of now; asked once per batch. */
  secrets: () => readonly string[];
  /** One sentence when lines can no longer be written or are lost; once per outage. */
  onWarning: (message: string) => void;
  /** Wall time in ms; for tests. */
  now?: () => number;
}

const QUEUE_BYTES = 8_388_608;
const BATCH_BYTES = 262_144;
const RETRY_MS = 5000;
/** Lines of this long share one trip to the disk: each trip costs more than a short answer does. */
const GATHER_MS = 50;
const PATIENCE_MS = 2000;

/** The chat log: JSON lines in files that rotate. `write` only puts into a bounded queue; one loop empties it. */
export function createJsonlLog(options: JsonlLogOptions): JsonlLog {
  const { secrets, onWarning, now = Date.now } = options;
  let settings = pick(options);
  let queue: PendingEntry[] = [];
  let queuedBytes = 0;
  let lost = 0;
  let lostUntold = 0;
  let failing = false;
  let closed = false;
  let working: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let gathering: NodeJS.Timeout | undefined;
  const writer = createLogWriter(now);

  function write(entry: Omit<LogEntry, 'ts'>): void {
    if (closed || !settings.enabled) return;
    const pending = toPending(new Date(now()).toISOString(), entry);
    if (queuedBytes + pending.bytes > QUEUE_BYTES) {
      if (lostUntold === 0 && !failing) onWarning('The log cannot keep up: lines are being dropped. Chat goes on.');
      lost++;
      lostUntold++;
      return;
    }
    queue.push(pending);
    queuedBytes += pending.bytes;
    if (!failing) gather();
  }

  /** Starts the loop soon, unless it runs already. */
  function gather(): void {
    if (working !== undefined) return;
    gathering ??= setTimeout(work, GATHER_MS).unref();
  }

  /** Starts the loop unless it runs. */
  function work(): Promise<void> {
    clearTimeout(retry);
    clearTimeout(gathering);
    gathering = undefined;
    working ??= drain().finally(() => {
      working = undefined;
      if (queue.length > 0 && !failing) gather();
    });
    return working;
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      try {
        await writeBatch(nextBatch(queue));
        failing = false;
      } catch (error) {
        suspend(error);
        return;
      }
    }
    if (!settings.enabled) await writer.close();
  }

  /** Each entry leaves the queue when it is in the file, so that another try repeats none. */
  async function writeBatch(batch: readonly PendingEntry[]): Promise<void> {
    const redact = createRedactor(secrets());
    const lines = batch.map((pending) => toLine(pending, redact));
    const told = lostUntold;
    if (told > 0) lines.push(lossLine(told));
    for (let written = 0; written < lines.length; ) {
      const count = await writer.append(lines.slice(written), settings);
      for (const pending of batch.slice(written, written + count)) queuedBytes -= pending.bytes;
      queue = queue.slice(Math.min(count, Math.max(0, batch.length - written)));
      written += count;
    }
    lostUntold -= told;
  }

  /** Lines wait in memory; another try comes by itself. */
  function suspend(error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    if (!failing) onWarning(`The log in ${settings.dir} cannot be written (${code ?? 'error'}). Chat goes on.`);
    failing = true;
    if (closed) return;
    retry = setTimeout(work, RETRY_MS);
    retry.unref();
  }

  function lossLine(count: number): string {
    const entry = { role: 'system', event_type: 'log_lines_dropped', content: `${count} log lines were lost` } as const;
    return toLine(toPending(new Date(now()).toISOString(), entry), (text) => text);
  }

  /** Resolves when the queue was written, could not be, or patience ended. */
  async function flush(): Promise<void> {
    if (queue.length > 0 || working !== undefined) await withPatience(work());
  }

  return {
    write,
    configure(changes) {
      settings = { ...settings, ...pick({ ...settings, ...changes }) };
      if (queue.length > 0 || !settings.enabled) void work();
    },
    async tail(limit) {
      await flush();
      const tail = await tailLog(settings.dir, limit);
      const redact = createRedactor(secrets());
      const entries = tail.entries.map((entry) => redactDeep(entry, redact) as LogEntry);
      return { ...tail, entries, ...(settings.enabled ? {} : { enabled: false as const }) };
    },
    dropped: () => lost,
    async close() {
      closed = true;
      await flush();
      clearTimeout(retry);
      await withPatience(writer.close());
    },
  };
}

function pick({ dir, enabled, maxFiles, maxBytes }: JsonlLogSettings): JsonlLogSettings {
  return { dir: resolve(dir), enabled, maxFiles, maxBytes };
}

/** The first entries, at least one, of about BATCH_BYTES. */
function nextBatch(queue: readonly PendingEntry[]): PendingEntry[] {
  let bytes = 0;
  const end = queue.findIndex((pending, index) => {
    bytes += pending.bytes;
    return index > 0 && bytes > BATCH_BYTES;
  });
  return end === -1 ? queue.slice() : queue.slice(0, end);
}

async function withPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((done) => {
    timer = setTimeout(done, PATIENCE_MS);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
