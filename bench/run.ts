/**
 * The benchmarks: one run, one table. Contenders take turns on the same scripted upstream, every answer is
 * checked, and what counts is the ratio to a bare byte pipe within the run, not the absolute figure.
 */
import { existsSync } from 'node:fs';
import { cpus, loadavg, platform, release } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pinning } from './child-process.ts';
import { builtServer, startUpstream } from './contenders.ts';
import { firstToken, firstTokenOfGateways } from './measures/first-token.ts';
import { heldStreams } from './measures/held-streams.ts';
import { idleStreams } from './measures/idle-streams.ts';
import { lastPage } from './measures/last-page.ts';
import type { Measure } from './measures/measure.ts';
import { pacedMeasure } from './measures/paced.ts';
import { search } from './measures/search.ts';
import { stalledReaders } from './measures/stalled-readers.ts';
import { start } from './measures/start.ts';
import { formatTable, type Row } from './report.ts';

const MEASURES: readonly Measure[] = [
  pacedMeasure({
    name: 'paced-100',
    streams: 100,
    delay_ms: 50,
    rounds: 5,
    ramp_ms: 1000,
    window_ms: 5000,
    cpu_bar: 1.5,
  }),
  pacedMeasure({
    name: 'paced-1000',
    streams: 1000,
    delay_ms: 50,
    rounds: 3,
    ramp_ms: 3000,
    window_ms: 5000,
    cpu_bar: 1.3,
  }),
  firstToken,
  pacedMeasure({
    name: 'v1-100',
    streams: 100,
    delay_ms: 50,
    rounds: 5,
    ramp_ms: 1000,
    window_ms: 5000,
    cpu_bar: 1.3,
    gateways: true,
  }),
  pacedMeasure({
    name: 'v1-1000',
    streams: 1000,
    delay_ms: 50,
    rounds: 3,
    ramp_ms: 3000,
    window_ms: 5000,
    cpu_bar: 1.2,
    gateways: true,
  }),
  firstTokenOfGateways,
  idleStreams,
  heldStreams,
  stalledReaders,
  start,
  search,
  lastPage,
];

const HELP = `Usage: npm run bench -- [options]

  --quick           a smoke run of two minutes; its figures are not for quoting
  --only <name>     only this measure (may be repeated): ${MEASURES.map(({ name }) => name).join(', ')}
  --server <file>   measure this server instead of the built one
  --profile <dir>   leave CPU profiles of the server there
  --help            print this
`;

function parse() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      server: { type: 'string', default: builtServer },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.only?.find((name) => !MEASURES.some((measure) => measure.name === name));
  if (unknown) throw new Error(`There is no measure called ${unknown}.\n\n${HELP}`);
  return values;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function machine(): string {
  const [cpu, ...others] = cpus();
  const cores = pinning ? 'contender on core 1, the rest on core 0' : 'not pinned to cores';
  return `${cpu?.model.trim()}, ${others.length + 1} cores, ${platform()} ${release()}, Node ${process.version}; ${cores}`;
}

async function main(): Promise<number> {
  const asked = parse();
  if (asked.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (platform() !== 'linux')
    throw new Error('The benchmarks read CPU time and memory from /proc, so they need Linux.');
  const file = resolve(asked.server);
  if (!existsSync(file)) throw new Error(`${file} is missing. Build the server first: npm run build`);

  const loadBefore = loadavg()[0];
  const upstream = await startUpstream();
  const rows: Row[] = [];
  const faults: string[] = [];
  try {
    for (const measure of MEASURES) {
      if (asked.only && !asked.only.includes(measure.name)) continue;
      say(`— ${measure.name}: ${measure.about}`);
      rows.push(
        ...(await measure.run({
          upstream,
          server: { file, profile_dir: asked.profile },
          quick: asked.quick,
          log: say,
          fault(line) {
            faults.push(line);
            say(`WRONG: ${line}`);
          },
        })),
      );
    }
  } finally {
    await upstream.stop();
  }
  const load = `load average ${loadBefore?.toFixed(1)} before, ${loadavg()[0]?.toFixed(1)} after`;
  // Short windows and few streams meet or miss no bar.
  if (asked.quick) for (const row of rows) if (row.verdict !== 'WRONG ANSWERS') row.verdict = '';
  const about = `${new Date().toISOString().slice(0, 10)}; ${machine()}; ${load}`;
  process.stdout.write(`${about}${asked.quick ? '; QUICK RUN' : ''}\n\n${formatTable(rows)}\n`);
  return faults.length > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    say(error.message);
    process.exit(1);
  },
);
