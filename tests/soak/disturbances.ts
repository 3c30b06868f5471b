/** What goes wrong during a soak, one after the other. */
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from '../server/start-server.ts';
import type { Crowd } from './streams.ts';

export interface Disturbance {
  name: string;
  act(crowd: Crowd, server: TestServer, settingsYaml: string): Promise<void> | void;
}

/** Viewers that take nothing are cut off within seconds; these stay longer than that. */
const SLOW_FOR_MS = 8000;

export const disturbances: readonly [Disturbance, ...Disturbance[]] = [
  { name: 'upstream resets 20 streams', act: (crowd) => crowd.disturb('u7-reset?delay=100', 20) },
  { name: '60 viewers are killed', act: (crowd) => crowd.cut(60) },
  { name: '20 viewers do not read', act: (_, server) => readNothing(server, 20) },
  { name: '20 runs are stopped', act: (crowd) => crowd.stopRuns(20) },
  { name: 'upstream answers 500 to 20', act: (crowd) => crowd.disturb('u19-server-error', 20) },
  { name: 'all 200 viewers come back at once', act: (crowd) => crowd.cut(200) },
  { name: 'upstream ends 20 in mid-answer', act: (crowd) => crowd.disturb('u9-eof-no-finish?delay=100', 20) },
  { name: 'the database is locked for a second', act: (_, server) => lock(server, 1000) },
  { name: 'settings.yaml is broken and mended', act: (_, server, yaml) => breakSettings(server, yaml) },
  { name: '50 clients hang up before their answer', act: (_, server) => hangUp(server, 50) },
  { name: 'upstream sends 20 an event that is not JSON', act: (crowd) => crowd.disturb('u10-bad-json', 20) },
  { name: 'the process stands still for a second', act: (_, server) => standStill(server, 1000) },
];

function readNothing({ port }: TestServer, count: number): void {
  for (let at = 0; at < count; at += 1) {
    const body = JSON.stringify({ prompt: 'x', provider_id: 'up', model_id: 'ok?tokens=3000&delay=2' });
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(
      `POST /chat HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    socket.pause();
    setTimeout(() => socket.destroy(), SLOW_FOR_MS).unref();
  }
}

async function lock({ dirs }: TestServer, ms: number): Promise<void> {
  const database = new DatabaseSync(join(dirs.data, 'lightchat.db'), { timeout: 1000 });
  try {
    database.exec('BEGIN IMMEDIATE');
    await sleep(ms);
    database.exec('ROLLBACK');
  } finally {
    database.close();
  }
}

async function breakSettings({ dirs }: TestServer, settingsYaml: string): Promise<void> {
  await writeFile(join(dirs.config, 'settings.yaml'), 'providers: [');
  await sleep(700);
  await writeFile(join(dirs.config, 'settings.yaml'), settingsYaml);
}

function hangUp({ url }: TestServer, count: number): void {
  for (let at = 0; at < count; at += 1) {
    void fetch(`${url}/chat/wait`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'x', provider_id: 'up', model_id: 'ok?tokens=30&delay=50' }),
      signal: AbortSignal.timeout(50 + 10 * at),
    }).catch(() => {});
  }
}

async function standStill({ pid }: TestServer, ms: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
}
