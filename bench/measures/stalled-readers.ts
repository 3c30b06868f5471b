/** Viewers that read nothing must cost nobody else anything: neither memory nor time. */
import { sleep } from '../clock.ts';
import { type Contender, createFolders, startLightChat } from '../contenders.ts';
import { type Load, type PacedRound, runPaced } from '../load/paced.ts';
import { runStalledViewers, type StalledLoad, type StalledRound } from '../load/stalled-viewers.ts';
import { judge, type Row, show } from '../report.ts';
import type { Measure, Setting } from './measure.ts';

const RISE_BAR_MB = 300;

export const stalledReaders: Measure = {
  name: 'stalled-readers',
  about: '1,000 viewers that read nothing, beside 50 streams that are read',
  run,
};

/**
 * Each viewer is sent 8 MB: the system takes 4 MB for one that is on the same machine. Who takes nothing any more is cut
 * off five to ten seconds later.
 */
const SHAPE = { tokens: 250, padding: 32_000 };
/** By default an answer ends at 4 MB. */
const LIMITS = { output_bytes: 2 ** 24 };

async function run(setting: Setting): Promise<Row[]> {
  const { quick } = setting;
  const good: Load = { streams: 50, delay_ms: 50, ramp_ms: 1000, settle_ms: 1000, window_ms: quick ? 22_000 : 44_000 };
  const shape = { ...SHAPE, delay_ms: quick ? 50 : 160 };
  const load: StalledLoad = { viewers: quick ? 50 : 1000, runs: 4, shape, watch_ms: good.window_ms - 2000 };
  const folders = createFolders(setting.upstream.port, LIMITS);
  const server = await startLightChat(folders, setting.server);
  try {
    await runPaced(server, { ...good, streams: 200, settle_ms: 0, window_ms: quick ? 500 : 3000 });
    // The same runs without their viewers, so that what the runs cost is not put down to the viewers.
    const without = await round(setting, 'without viewers', server, good, { ...load, viewers: 0 });
    const beside = await round(setting, 'beside them', server, good, load);
    return rows(without, beside, setting);
  } finally {
    await server.stop();
    folders.remove();
  }
}

interface Round {
  stalled: StalledRound;
  good: PacedRound;
  faults: string[];
}

async function round(setting: Setting, name: string, server: Contender, good: Load, load: StalledLoad): Promise<Round> {
  const paced = runPaced(server, good);
  await sleep(good.ramp_ms + good.settle_ms);
  const stalled = await runStalledViewers(server, load);
  const read = await paced;
  setting.log(
    `stalled-readers ${name}: ${show(stalled.before_kb / 1024, 'MB')} before, ${show(stalled.peak_kb / 1024, 'MB')} ` +
      `at most, ${show(stalled.after_kb / 1024, 'MB')} in the end; ${stalled.cut_off} of ${stalled.connected} cut off; ` +
      `50 streams: p50 ${show(read.latency_p50_us / 1000, 'ms')}, p99 ${show(read.latency_p99_us / 1000, 'ms')}, ` +
      `${show(read.delivered * 100, '%')} delivered`,
  );
  const faults = [...read.faults, ...stalled.faults];
  if (stalled.connected < load.viewers) faults.push(`only ${stalled.connected} viewers connected`);
  for (const line of faults.slice(0, 3)) setting.fault(`stalled-readers ${name}: ${line}`);
  return { stalled, good: read, faults };
}

function rows(without: Round, beside: Round, { quick }: Setting): Row[] {
  const before_kb = without.stalled.before_kb;
  const rise_mb = (beside.stalled.peak_kb - before_kb) / 1024;
  const ofRuns_mb = (without.stalled.peak_kb - before_kb) / 1024;
  const p50_ms = ({ good }: Round) => good.latency_p50_us / 1000;
  const faults = without.faults.length + beside.faults.length;
  const title = `${quick ? 50 : '1,000'} viewers that read nothing`;
  return [
    {
      measure: `${title}: resident memory rises by (without them: ${show(ofRuns_mb, 'MB')})`,
      lightchat: show(rise_mb, 'MB'),
      against: `+${show(rise_mb - ofRuns_mb, 'MB')}`,
      bar: `≤ ${RISE_BAR_MB} MB`,
      verdict: judge(rise_mb, RISE_BAR_MB, faults),
    },
    {
      measure: `${title}: cut off`,
      lightchat: beside.stalled.cut_off.toLocaleString('en'),
      against: '',
      bar: '',
      verdict: '',
    },
    {
      measure: `50 streams beside them: delivery latency, p50 (without them: ${show(p50_ms(without), 'ms')})`,
      lightchat: show(p50_ms(beside), 'ms'),
      against: `+${show(p50_ms(beside) - p50_ms(without), 'ms')}`,
      bar: '',
      verdict: '',
    },
  ];
}
