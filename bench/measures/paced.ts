/** CPU per token and delivery latency at the pace of a model. */
import { isClean, type Load, type PacedRound, runPaced } from '../load/paced.ts';
import { median } from '../numbers.ts';
import { judge, type Row, show } from '../report.ts';
import { type Measure, roundRobin, type Setting, withContenders } from './measure.ts';

interface Plan {
  name: string;
  streams: number;
  delay_ms: number;
  rounds: number;
  ramp_ms: number;
  window_ms: number;
  /** LightChat's CPU per token, as a multiple of the bare pipe's. */
  cpu_bar: number;
}

/** Milliseconds that LightChat may add to the delivery of a token. */
const LATENCY_BAR_MS = 5;

/** Until the code that counts is compiled for good: some 30,000 tokens. */
const WARM_UP: Load = { streams: 300, delay_ms: 50, ramp_ms: 1000, settle_ms: 0, window_ms: 3000 };

export function pacedMeasure(plan: Plan): Measure {
  const rate = 1000 / plan.delay_ms;
  return { name: plan.name, about: `${plan.streams} streams x ${rate} tokens/s`, run: (setting) => run(setting, plan) };
}

async function run(setting: Setting, plan: Plan): Promise<Row[]> {
  const { quick } = setting;
  const load: Load = {
    streams: quick ? Math.min(plan.streams, 300) : plan.streams,
    delay_ms: plan.delay_ms,
    ramp_ms: quick ? 500 : plan.ramp_ms,
    settle_ms: quick ? 500 : 1000,
    window_ms: quick ? 1500 : plan.window_ms,
  };
  return withContenders(setting, async (contenders) => {
    const warmUp: Load = quick ? { ...WARM_UP, streams: 100, window_ms: 500 } : WARM_UP;
    await Promise.all([runPaced(contenders.pipe, warmUp), runPaced(contenders.lightchat, warmUp)]);
    const rounds = await roundRobin(contenders, quick ? 1 : plan.rounds, async (contender) => {
      const round = await runPaced(contender, load);
      setting.log(describe(plan.name, contender.name, round));
      for (const fault of round.faults.slice(0, 3)) setting.fault(`${plan.name} ${contender.name}: ${fault}`);
      return round;
    });
    return rows({ ...plan, streams: load.streams }, rounds);
  });
}

function describe(name: string, contender: string, round: PacedRound): string {
  const { cpu_us, whole_cpu_us, delivered, joined, latency_p50_us, latency_p99_us, faults } = round;
  return [
    `${name} ${contender}: ${show(cpu_us, 'µs')} CPU per token (whole answers ${show(whole_cpu_us, 'µs')})`,
    `delivery p50 ${show(latency_p50_us / 1000, 'ms')} p99 ${show(latency_p99_us / 1000, 'ms')}`,
    `first token p50 ${show(round.first_token_p50_us / 1000, 'ms')}`,
    `${show(delivered * 100, '%')} delivered, ${show(joined)} tokens per read, ${round.open} open`,
    `${show(round.resident_kb / 1024, 'MB')}, ${faults.length} faults${isClean(round) ? '' : ', NOT CLEAN'}`,
  ].join('; ');
}

function rows(plan: Plan, rounds: Record<'direct' | 'pipe' | 'lightchat', PacedRound[]>): Row[] {
  const figure = (of: keyof typeof rounds, pick: (round: PacedRound) => number) =>
    median(rounds[of].filter(isClean).map(pick));
  const faults = Object.values(rounds)
    .flat()
    .reduce((sum, round) => sum + round.faults.length, 0);
  const clean = `${rounds.lightchat.filter(isClean).length}/${rounds.lightchat.length}`;
  const title = `${plan.streams.toLocaleString('en')} streams x ${1000 / plan.delay_ms} tokens/s`;

  const cpu = (of: 'pipe' | 'lightchat') => figure(of, (round) => round.cpu_us);
  const whole = (of: 'pipe' | 'lightchat') => figure(of, (round) => round.whole_cpu_us);
  const latency = (of: keyof typeof rounds) => figure(of, (round) => round.latency_p50_us / 1000);
  const ratio = cpu('lightchat') / cpu('pipe');
  const added = latency('lightchat') - latency('direct');
  return [
    {
      measure: `${title}: CPU per token (clean rounds ${clean})`,
      pipe: show(cpu('pipe'), 'µs'),
      lightchat: show(cpu('lightchat'), 'µs'),
      against: `${show(ratio)}x`,
      bar: `≤ ${plan.cpu_bar}x`,
      verdict: judge(ratio, plan.cpu_bar, faults),
    },
    {
      measure: `${title}: the same with starting and finishing`,
      pipe: show(whole('pipe'), 'µs'),
      lightchat: show(whole('lightchat'), 'µs'),
      against: `${show(whole('lightchat') / whole('pipe'))}x`,
      bar: '',
      verdict: '',
    },
    {
      measure: `${title}: delivery latency, p50`,
      direct: show(latency('direct'), 'ms'),
      pipe: show(latency('pipe'), 'ms'),
      lightchat: show(latency('lightchat'), 'ms'),
      against: `+${show(added, 'ms')}`,
      bar: `≤ +${LATENCY_BAR_MS} ms`,
      verdict: judge(added, LATENCY_BAR_MS, faults),
    },
  ];
}
