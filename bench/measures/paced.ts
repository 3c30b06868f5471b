/** CPU per token and delivery latency at the pace of a model. */
import { isPeer, withGateways } from '../gateways.ts';
import { isClean, type Load, type PacedRound, runPaced } from '../load/paced.ts';
import { median } from '../numbers.ts';
import { judge, type Row, show } from '../report.ts';
import { type Contenders, type Measure, roundRobin, type Setting, withContenders } from './measure.ts';

interface Plan {
  name: string;
  streams: number;
  delay_ms: number;
  rounds: number;
  ramp_ms: number;
  window_ms: number;
  /** LightChat's CPU per token, as a multiple of the bare pipe's. */
  cpu_bar: number;
  /** Through `/v1`, where nothing is stored, and beside other gateways. */
  gateways?: boolean;
}

/** Milliseconds that LightChat may add to the delivery of a token. */
const LATENCY_BAR_MS = 5;

/** Until the code that counts is compiled for good: some 30,000 tokens. */
const WARM_UP: Load = { streams: 300, delay_ms: 50, ramp_ms: 1000, settle_ms: 0, window_ms: 3000 };

export function pacedMeasure(plan: Plan): Measure {
  const rate = 1000 / plan.delay_ms;
  const about = `${plan.streams} streams x ${rate} tokens/s${plan.gateways ? ' through /v1, beside other gateways' : ''}`;
  return { name: plan.name, about, run: (setting) => run(setting, plan) };
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
  const measure = async (contenders: Contenders) => {
    const warmUp: Load = quick ? { ...WARM_UP, streams: 100, window_ms: 500 } : WARM_UP;
    for (const [key, contender] of Object.entries(contenders)) if (key !== 'direct') await runPaced(contender, warmUp);
    const rounds = await roundRobin(contenders, quick ? 1 : plan.rounds, async (contender) => {
      const round = await runPaced(contender, load);
      setting.log(describe(plan.name, contender.name, round));
      const tell = isPeer(contender.name) ? setting.log : setting.fault;
      for (const fault of round.faults.slice(0, 3)) tell(`${plan.name} ${contender.name}: ${fault}`);
      return round;
    });
    return rows({ ...plan, streams: load.streams }, rounds);
  };
  return plan.gateways ? withGateways(setting, measure) : withContenders(setting, measure);
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

function rows(plan: Plan, rounds: Record<keyof Contenders, PacedRound[]>): Row[] {
  const all: Record<string, PacedRound[]> = rounds;
  const figure = (of: string, pick: (round: PacedRound) => number) => median((all[of] ?? []).filter(isClean).map(pick));
  const others = (pick: (round: PacedRound) => number, unit: string) => ({
    peers: Object.keys(all)
      .filter(isPeer)
      .map((name) => `${name} ${otherFigure(all[name] ?? [], pick, unit)}`)
      .join(', '),
  });
  const faults = [...rounds.direct, ...rounds.pipe, ...rounds.lightchat].flatMap((round) => round.faults).length;
  const clean = `${rounds.lightchat.filter(isClean).length}/${rounds.lightchat.length}`;
  const through = plan.gateways ? '/v1, ' : '';
  const title = `${through}${plan.streams.toLocaleString('en')} streams x ${1000 / plan.delay_ms} tokens/s`;

  const ofCpu = (round: PacedRound) => round.cpu_us;
  const ofWhole = (round: PacedRound) => round.whole_cpu_us;
  const ofLatency = (round: PacedRound) => round.latency_p50_us / 1000;
  const cpu = (of: 'pipe' | 'lightchat') => figure(of, ofCpu);
  const whole = (of: 'pipe' | 'lightchat') => figure(of, ofWhole);
  const latency = (of: keyof Contenders) => figure(of, ofLatency);
  const ratio = cpu('lightchat') / cpu('pipe');
  const added = latency('lightchat') - latency('pipe');
  return [
    {
      measure: `${title}: CPU per token (clean rounds ${clean})`,
      pipe: show(cpu('pipe'), 'µs'),
      lightchat: show(cpu('lightchat'), 'µs'),
      ...others(ofCpu, 'µs'),
      against: `${show(ratio)}x`,
      bar: `≤ ${plan.cpu_bar}x`,
      verdict: judge(ratio, plan.cpu_bar, faults),
    },
    {
      measure: `${title}: the same with starting and finishing`,
      pipe: show(whole('pipe'), 'µs'),
      lightchat: show(whole('lightchat'), 'µs'),
      ...others(ofWhole, 'µs'),
      against: `${show(whole('lightchat') / whole('pipe'))}x`,
      bar: '',
      verdict: '',
    },
    {
      measure: `${title}: delivery latency, p50`,
      direct: show(latency('direct'), 'ms'),
      pipe: show(latency('pipe'), 'ms'),
      lightchat: show(latency('lightchat'), 'ms'),
      ...others(ofLatency, 'ms'),
      against: `+${show(added, 'ms')}`,
      bar: `≤ +${LATENCY_BAR_MS} ms`,
      verdict: judge(added, LATENCY_BAR_MS, faults),
    },
  ];
}

/** Of another's rounds; one that could not keep up in any of them still has a figure, and it says so. */
function otherFigure(rounds: PacedRound[], pick: (round: PacedRound) => number, unit: string): string {
  const clean = rounds.filter(isClean);
  return clean.length > 0 ? show(median(clean.map(pick)), unit) : `${show(median(rounds.map(pick)), unit)} (late)`;
}
