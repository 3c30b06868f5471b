/**
 * Loaded into the server before anything else (`node --import`): lets one operation of a kind fail, the n-th from now.
 * A test says which over a socket of its own. Nothing in the product knows of it.
 */
import fs from 'node:fs/promises';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { DatabaseSync, StatementSync } from 'node:sqlite';

export type Kind = 'file' | 'database' | 'network';

export interface Armed {
  kind: Kind;
  /** 1 is the next one. */
  n: number;
  /** Every one from there on fails, instead of only that. */
  onwards: boolean;
}

export interface Outcome {
  /** What failed, in order. */
  failed: string[];
  /** Operations of the kind that were counted. */
  count: number;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

let armed: Armed | undefined;
let outcome: Outcome = { failed: [], count: 0 };

/** Whether this operation is one that is to fail. */
function strikes(kind: Kind, what: string): boolean {
  if (armed?.kind !== kind) return false;
  outcome.count += 1;
  const hit = armed.onwards ? outcome.count >= armed.n : outcome.count === armed.n;
  if (hit) outcome.failed.push(what);
  return hit;
}

function wrap(target: object, name: string, around: (original: Method) => Method): void {
  const methods = target as Record<string, Method>;
  const original = methods[name];
  if (!original) throw new Error(`there is no ${name} to wrap`);
  methods[name] = around(original);
}

// ── Files ────────────────────────────────────────────────────────────────────────────────────

function noSpace(what: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${what}`), { code: 'ENOSPC', errno: -28 });
}

function failFiles(target: object, names: readonly string[]): void {
  for (const name of names) {
    wrap(target, name, (original) => {
      return async function (this: unknown, ...args: unknown[]) {
        if (strikes('file', name)) throw noSpace(name);
        return original.apply(this, args);
      };
    });
  }
}

const probe = await fs.open(import.meta.filename);
failFiles(Object.getPrototypeOf(probe), ['read', 'stat', 'sync', 'truncate', 'writeFile', 'appendFile']);
await probe.close();
failFiles(fs, ['open', 'stat', 'readdir', 'mkdir', 'rename', 'link', 'rm']);
syncBuiltinESMExports();

// ── Database ─────────────────────────────────────────────────────────────────────────────────

/** SQLITE_IOERR for what reads, SQLITE_FULL for what writes. */
function sqliteError(isRead: boolean): Error {
  const [errcode, text] = isRead ? [10, 'disk I/O error'] : [13, 'database or disk is full'];
  return Object.assign(new Error(text), { code: 'ERR_SQLITE_ERROR', errcode, errstr: text });
}

for (const name of ['run', 'get', 'all', 'iterate']) {
  wrap(StatementSync.prototype, name, (original) => {
    return function (this: unknown, ...args: unknown[]) {
      const { sourceSQL } = this as StatementSync;
      if (strikes('database', sourceSQL.trim().slice(0, 60))) throw sqliteError(/^\s*SELECT/i.test(sourceSQL));
      return original.apply(this, args);
    };
  });
}
wrap(DatabaseSync.prototype, 'exec', (original) => {
  return function (this: unknown, ...args: unknown[]) {
    // SQLite rolls back by itself when it must; a ROLLBACK that fails is not among what it does.
    if (args[0] !== 'ROLLBACK' && strikes('database', String(args[0]))) throw sqliteError(false);
    return original.apply(this, args);
  };
});

// ── Network ──────────────────────────────────────────────────────────────────────────────────

/** Not a pipe, as standard output and the test's own line are. */
function isRemote(socket: unknown): boolean {
  return (socket as net.Socket).remotePort !== undefined;
}

function networkError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

wrap(net.Socket.prototype, 'connect', (original) => {
  return function (this: unknown, ...args: unknown[]) {
    if (!strikes('network', 'connect')) return original.apply(this, args);
    const socket = this as net.Socket;
    process.nextTick(() => socket.destroy(networkError('ECONNREFUSED')));
    return socket;
  };
});
for (const name of ['_write', '_writev']) {
  wrap(net.Socket.prototype, name, (original) => {
    return function (this: unknown, ...args: unknown[]) {
      if (!isRemote(this) || !strikes('network', 'write')) return original.apply(this, args);
      (this as net.Socket).destroy(networkError('EPIPE'));
      return undefined;
    };
  });
}
wrap(net.Socket.prototype, 'push', (original) => {
  return function (this: unknown, ...args: unknown[]) {
    if (!isRemote(this) || !strikes('network', 'read')) return original.apply(this, args);
    (this as net.Socket).destroy(networkError('ECONNRESET'));
    return false;
  };
});

// ── The test's side ──────────────────────────────────────────────────────────────────────────

createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const before = outcome;
    armed = JSON.parse(text) as Armed | undefined;
    if (!armed?.kind) armed = undefined;
    outcome = { failed: [], count: 0 };
    response.end(JSON.stringify(before));
  });
})
  .listen(process.env.FAILURES_SOCKET)
  .unref();
