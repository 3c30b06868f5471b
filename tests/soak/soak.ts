/** Two hundred streams for minutes, a fault every few seconds, and a look at what the server holds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { seeded } from '../seeded/random.ts';
import { startServer } from '../server/start-server.ts';
import { startUpstream } from '../upstream/index.ts';
import { disturbances } from './disturbances.ts';
import { type Holdings, judge, look } from './holdings.ts';
import { type Crowd, gather } from './streams.ts';

export interface SoakOptions {
  minutes: number;
  seed: number;
  streams: number;
  everySeconds: number;
  onSample(sample: Holdings, counts: Crowd['counts'], disturbance: string): void;
}

export interface SoakReport {
  counts: Crowd['counts'];
  /** Over the second half, in the units of `Holdings`. */
  growth: Record<string, number>;
  atRest: { before: Holdings; after: Holdings };
  /** Empty when all is well. */
  faults: string[];
}

export async function soak({ minutes, seed, streams, everySeconds, onSample }: SoakOptions): Promise<SoakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'lightchat-soak-'));
  const line = join(folder, 'line');
  const upstream = await startUpstream();
  const settingsYaml = `retry: { attempts: 1, delay_ms: 100 }\nproviders:\n  - { id: up, type: openai, host: "${upstream.openai_url}" }\n`;
  const preload = pathToFileURL(join(import.meta.dirname, 'preload.ts'));
  const server = await startServer({ settingsYaml, env: { NODE_OPTIONS: `--import ${preload}`, SOAK_SOCKET: line } });
  const { pid } = server;
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  try {
    const before = await look(line, pid, 0);
    const crowd = gather(server.url, streams, seeded(seed));
    const samples: Holdings[] = [];
    for (let turn = 0; seconds() < minutes * 60; turn += 1) {
      const disturbance = disturbances[turn % disturbances.length] ?? disturbances[0];
      await disturbance.act(crowd, server, settingsYaml);
      await Promise.race([sleep(everySeconds * 1000), crowd.failed]);
      // The upstream remembers every request, and is in this process; that must not be what fills the machine.
      upstream.reset();
      const sample = await look(line, pid, seconds());
      samples.push(sample);
      onSample(sample, crowd.counts, disturbance.name);
    }
    await crowd.leave();
    const after = await atRest(line, pid, before, seconds);
    const { growth, faults } = judge(samples);
    if (server.pid !== pid) faults.push('the process is another one');
    if (/Unexpected/.test(server.stderr())) faults.push(server.stderr().slice(-2000));
    if (after.files > before.files + 10)
      faults.push(`${after.files} files are open at rest, ${before.files} at the start`);
    return { counts: crowd.counts, growth, atRest: { before, after }, faults };
  } finally {
    await server.stop();
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** When the last answer is written and idle connections are closed, or after half a minute. */
async function atRest(line: string, pid: number, before: Holdings, seconds: () => number): Promise<Holdings> {
  for (let tries = 0; ; tries += 1) {
    const now = await look(line, pid, seconds());
    if (now.files <= before.files + 10 || tries === 15) return now;
    await sleep(2000);
  }
}
