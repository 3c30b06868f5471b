/**
 * Kills a server under load with SIGKILL at random moments, starts it again on the same data, and
 * compares what viewers were sent with what the log says. Whatever anyone saw must still be there.
 */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatEvent, MessageTree, Run } from '@lightchat/protocol';
import { seeded } from '../seeded/random.ts';
import { startServer } from '../server/start-server.ts';
import { startUpstream } from '../upstream/index.ts';
import { type Follower, follow } from './follower.ts';

export interface KillReport {
  kills: number;
  runs: number;
  eventsSeen: number;
  interrupted: number;
  completed: number;
  stopped: number;
  /** Longest time from spawning the server again until every run was settled. */
  slowestSettleMs: number;
}

interface Watched {
  run: Run;
  followers: Follower[];
  /** What the server said to whoever stopped it: that may not be taken back. */
  stopped?: Run;
  /** The title that the server said its conversation has now. */
  title?: string;
}

const RUNS_PER_KILL = 5;
const FOLLOWERS_PER_RUN = 3;
const LONGEST_LIFE_MS = 350;
const SETTLED_WITHIN_MS = 5000;

/** Throws on the first fault found. `seed` makes the moments repeatable as far as the machine lets them. */
export async function killAndCompare(
  kills: number,
  seed: number,
  onKill?: (done: number) => void,
): Promise<KillReport> {
  const random = seeded(seed);
  const upstream = await startUpstream();
  const server = await startServer({ settingsYaml: settingsFor(upstream.url) });
  const report: KillReport = {
    kills: 0,
    runs: 0,
    eventsSeen: 0,
    interrupted: 0,
    completed: 0,
    stopped: 0,
    slowestSettleMs: 0,
  };
  try {
    for (let round = 0; round < kills; round += 1) {
      const watched = await startRuns(server.url, random);
      await sleep(random() * LONGEST_LIFE_MS);
      if (random() < 0.3) {
        void stopOne(server.url, watched[0]);
        void rename(server.url, watched[1], `Round ${round}`);
        await sleep(random() * 20); // so that the kill meets it before, in and after its transaction
      }
      await server.kill('SIGKILL');
      await Promise.all(watched.flatMap(({ followers }) => followers.map(({ ended }) => ended)));
      const since = performance.now();
      await server.restart();
      for (const each of watched) await compare(server.url, each, since, report);
      report.kills += 1;
      onKill?.(report.kills);
    }
    await server.kill('SIGTERM');
    checkDatabase(join(server.dirs.data, 'lightchat.db'));
    return report;
  } finally {
    await server.stop();
    await upstream.close();
  }
}

function settingsFor(upstreamUrl: string): string {
  return `providers:\n  - id: scripted\n    type: openai\n    host: ${upstreamUrl}/v1\n`;
}

async function startRuns(url: string, random: () => number): Promise<Watched[]> {
  return Promise.all(
    Array.from({ length: RUNS_PER_KILL }, async () => {
      // From a handful of tokens, which complete before the kill, to more than fit into its life.
      const tokens = 5 + Math.floor(random() * 120);
      const model_id = `ok?tokens=${tokens}&delay=${1 + Math.floor(random() * 6)}`;
      const answer = await fetch(`${url}/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ prompt: 'Write on.', provider_id: 'scripted', model_id }),
      });
      const run = (await answer.json()) as Run;
      const followers = Array.from({ length: FOLLOWERS_PER_RUN }, (_, at) => follow(url, run.id, at === 2 ? 1 : 0));
      return { run, followers };
    }),
  );
}

async function stopOne(url: string, watched: Watched | undefined): Promise<void> {
  const stopped = await change<Run>('POST', `${url}/runs/${watched?.run.id}/stop`, {});
  if (watched && stopped) watched.stopped = stopped;
}

async function rename(url: string, watched: Watched | undefined, title: string): Promise<void> {
  const path = `/api/chat/sessions/${watched?.run.conversation_id}`;
  if ((await change('PATCH', url + path, { title })) && watched) watched.title = title;
}

/** The answer, or undefined when the server was killed before it had given one. */
async function change<T>(method: string, url: string, body: object): Promise<T | undefined> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) }).catch(() => undefined);
  return answer?.json().then(
    (value) => value as T,
    () => undefined,
  );
}

async function compare(url: string, watched: Watched, since: number, report: KillReport): Promise<void> {
  const { run, followers } = watched;
  const settled = (await (await fetch(`${url}/runs/${run.id}`)).json()) as Run;
  const took = performance.now() - since;
  if (!settled.finished_at) throw new Error(`run ${run.id} is ${settled.status} after the restart`);
  if (took > SETTLED_WITHIN_MS) throw new Error(`run ${run.id} was settled after ${Math.round(took)} ms`);
  report.slowestSettleMs = Math.max(report.slowestSettleMs, Math.round(took));

  const replay = follow(url, run.id);
  await replay.ended;
  const log = replay.received;
  for (const [at, { index }] of log.entries()) {
    if (index !== at) throw new Error(`run ${run.id} has index ${index} where ${at} was expected`);
  }
  const events = log.map(({ data }) => JSON.parse(data) as ChatEvent);
  const ends = events.filter(({ type }) => type === 'run-finished');
  if (ends.length !== 1 || events.at(-1)?.type !== 'run-finished') {
    throw new Error(`run ${run.id} has ${ends.length} terminal events`);
  }
  for (const { received } of followers) compareViewer(run.id, received, log);
  await compareMessage(url, settled, events);
  await comparePromises(url, watched, settled);

  report.runs += 1;
  report.eventsSeen += followers.reduce((sum, { received }) => sum + received.length, 0);
  if (settled.status === 'interrupted') report.interrupted += 1;
  if (settled.status === 'completed') report.completed += 1;
  if (settled.status === 'stopped') report.stopped += 1;
}

function compareViewer(runId: string, received: Follower['received'], log: Follower['received']): void {
  const first = received[0]?.index ?? 0;
  for (const [at, event] of received.entries()) {
    if (event.index !== first + at) throw new Error(`run ${runId}: a viewer got index ${event.index} out of order`);
    if (log[event.index]?.data !== event.data) {
      throw new Error(`run ${runId}: a viewer saw event ${event.index}, and the log has lost or changed it`);
    }
  }
}

async function compareMessage(url: string, run: Run, events: readonly ChatEvent[]): Promise<void> {
  const answer = await fetch(`${url}/api/chat/sessions/${run.conversation_id}/messages`);
  const { items } = (await answer.json()) as MessageTree;
  const message = items.find(({ id }) => id === run.message_id);
  const text = (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
  const logged = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  if (text !== logged || message?.status !== run.status) {
    throw new Error(`run ${run.id}: its message has ${text.length} characters of ${logged.length}`);
  }
}

async function comparePromises(url: string, { run, stopped, title }: Watched, settled: Run): Promise<void> {
  if (stopped && (stopped.status !== settled.status || stopped.next_index !== settled.next_index)) {
    throw new Error(`run ${run.id} was answered as ${stopped.status} and is ${settled.status} after the restart`);
  }
  if (title === undefined) return;
  const session = (await (await fetch(`${url}/api/chat/sessions/${run.conversation_id}`)).json()) as { title: string };
  if (session.title !== title) throw new Error(`the conversation of run ${run.id} has lost its new title`);
}

function checkDatabase(file: string): void {
  const database = new DatabaseSync(file, { readOnly: true });
  const [row] = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
  database.close();
  if (row?.integrity_check !== 'ok') throw new Error(`the database is damaged: ${row?.integrity_check}`);
}
