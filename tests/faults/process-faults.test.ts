/** What happens to the process: signals, locks, clocks, limits. Each has a server of its own. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type Calls, callsTo, until } from '../contract/support/contract-server.ts';
import type { Json } from '../contract/support/event-stream.ts';
import { type StartServerOptions, startServer, type TestServer } from '../server/start-server.ts';
import { startUpstream, tokenText, type Upstream } from '../upstream/index.ts';

const running: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await (each.stop?.() ?? each.close?.());
});

async function start(more: Omit<StartServerOptions, 'settingsYaml'> & { limits?: string } = {}) {
  const upstream: Upstream = await startUpstream();
  running.push(upstream);
  const { limits, ...options } = more;
  const server: TestServer = await startServer({
    settingsYaml: `limits: ${limits ?? '{}'}\nproviders:\n  - { id: up, type: openai, host: "${upstream.openai_url}" }\n`,
    ...options,
  });
  running.push(server);
  return { server, upstream, s: callsTo(server) };
}

const tokens = (count: number) => Array.from({ length: count }, (_, at) => tokenText(at)).join('');

async function textOf(s: Calls, run: Json): Promise<string> {
  return s.storedText(run.conversation_id, run.message_id);
}

describe('a server that is told to stop', () => {
  it('[P3] takes no new messages, lets the running answer end, shows it to its viewer, and goes', async () => {
    const { server, s } = await start();
    const run = await s.start('ok?tokens=30&delay=40');
    const viewer = await s.follow(`/runs/${run.id}/events`);
    await viewer.take(2);
    const gone = server.kill('SIGTERM');
    await until(
      () => s.get('/ready'),
      ({ status }) => status === 503,
    );
    const refused = await s.post('/runs', { prompt: 'x' });
    expect(refused).toMatchObject({ status: 503, json: { error_code: 'SHUTTING_DOWN' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await viewer.rest()).at(-1)?.data).toMatchObject({ type: 'run-finished', status: 'completed' });
    expect(await gone).toEqual({ code: 0, signal: null });
  });

  it('[P3] twice goes at once: the answer is kept as interrupted, and its viewer is told', async () => {
    const { server, s } = await start();
    const run = await s.start('u26-endless?delay=20');
    const viewer = await s.follow(`/runs/${run.id}/events`);
    await viewer.take(3);
    const gone = server.kill('SIGTERM');
    await sleep(600); // a second signal that comes with the first is its echo
    process.kill(server.pid, 'SIGTERM');
    expect(await gone).toEqual({ code: 0, signal: null });
    expect((await viewer.rest()).at(-1)?.data).toMatchObject({ type: 'run-finished', status: 'interrupted' });
    await server.restart();
    expect((await callsTo(server).get(`/runs/${run.id}`)).json).toMatchObject({ status: 'interrupted' });
  });
});

describe('the database', () => {
  it('[P5] locked by another program: answers wait, everybody else is served, and nothing is lost', async () => {
    const { server, s } = await start();
    const run = await s.start('ok?tokens=60&delay=20');
    const viewer = await s.follow(`/runs/${run.id}/events`);
    await viewer.take(2);
    const other = new DatabaseSync(join(server.dirs.data, 'lightchat.db'));
    other.exec('BEGIN IMMEDIATE');
    for (let look = 0; look < 20; look += 1) {
      const began = performance.now();
      expect((await s.get('/health')).status).toBe(200);
      expect(performance.now() - began).toBeLessThan(2000);
      await sleep(150);
    }
    other.exec('ROLLBACK');
    other.close();
    expect((await viewer.rest()).at(-1)?.data).toMatchObject({ type: 'run-finished', status: 'completed' });
    expect(await textOf(s, run)).toBe(tokens(60));
  });

  it('[P6] damaged: the start is refused in words, and nothing is changed', async () => {
    const { server } = await start();
    const file = join(server.dirs.data, 'lightchat.db');
    await server.kill('SIGTERM');
    const junk = Buffer.alloc(20_000, 'this is no database. ');
    await writeFile(file, junk);
    await expect(server.restart()).rejects.toThrow(/ended with code 1[\s\S]*damaged or is not a database[\s\S]*backup/);
    expect((await readFile(file)).equals(junk)).toBe(true);
  });
});

describe('the machine', () => {
  it('[P10] whose clock jumps a day to and fro: order, time limits and measured times are as ever', async () => {
    const clock = pathToFileURL(join(import.meta.dirname, 'jumping-clock.ts'));
    const { s } = await start({ env: { NODE_OPTIONS: `--import ${clock}` } });
    let conversation_id: string | undefined;
    for (let turn = 0; turn < 5; turn += 1) {
      const run = await s.start(`ok?tokens=5&delay=5`, {
        prompt: `question ${turn}`,
        ...(conversation_id ? { conversation_id } : {}),
      });
      conversation_id = String(run.conversation_id);
      const ended = await s.ended(run.id);
      expect(ended).toMatchObject({ status: 'completed' });
      expect(Number(ended.duration_ms)).toBeGreaterThanOrEqual(0);
      expect(Number(ended.duration_ms)).toBeLessThan(20_000);
    }
    const { json } = await s.get(`/api/chat/sessions/${conversation_id}/messages`);
    const asked = (json.items as Json[])
      .filter(({ role }) => role === 'user')
      .map(({ parts }) => (parts as Json[])[0]?.text);
    expect(asked).toEqual([0, 1, 2, 3, 4].map((turn) => `question ${turn}`));
  });

  it('[P11] that stands still for seconds loses no run: silence is not what nobody was there to hear', async () => {
    const { server, s } = await start({ limits: '{ idle_ms: 2000 }' });
    const run = await s.start('ok?tokens=100&delay=40');
    const viewer = await s.follow(`/runs/${run.id}/events`);
    await viewer.take(3);
    process.kill(server.pid, 'SIGSTOP');
    await sleep(3500);
    process.kill(server.pid, 'SIGCONT');
    expect((await viewer.rest()).at(-1)?.data).toMatchObject({ type: 'run-finished', status: 'completed' });
    expect(await textOf(s, run)).toBe(tokens(100));
  });

  it.runIf(process.platform === 'linux')(
    '[P12] that has no more file handles: who is connected goes on, and others come in again later',
    async () => {
      const { server, s } = await start();
      const run = await s.start('ok?tokens=100&delay=30');
      const viewer = await s.follow(`/runs/${run.id}/events`);
      await viewer.take(2);
      const open = Number((await promisify(execFile)('sh', ['-c', `ls /proc/${server.pid}/fd | wc -l`])).stdout);
      await promisify(execFile)('prlimit', [`--pid=${server.pid}`, `--nofile=${open + 10}:`]);
      const crowd = Array.from({ length: 60 }, () => connect(server.port, '127.0.0.1').on('error', () => {}));
      expect((await viewer.rest()).at(-1)?.data).toMatchObject({ type: 'run-finished', status: 'completed' });
      for (const socket of crowd) socket.destroy();
      await until(
        async () => (await s.get('/health').catch(() => undefined))?.status,
        (status) => status === 200,
      );
      expect(await textOf(s, run)).toBe(tokens(100));
    },
  );

  it('[P13] whose port is taken says by whom, and what to do', async () => {
    const taken = createServer((socket: Socket) => socket.destroy());
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(startServer({ port, settingsYaml: 'providers: []\n' })).rejects.toThrow(
      new RegExp(`Port ${port} is taken by another program[\\s\\S]*--port`),
    );
    taken.close();
  });
});
