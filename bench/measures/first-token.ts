/** What LightChat adds to the wait for the first token when nothing else goes on. */
import { isPeer, withGateways } from '../gateways.ts';
import { type FirstTokenRound, runFirstToken } from '../load/first-token.ts';
import { median } from '../numbers.ts';
import { judge, type Row, show } from '../report.ts';
import { type Contenders, type Measure, roundRobin, type Setting, withContenders } from './measure.ts';

/** Milliseconds that LightChat may take longer than the bare pipe. */
const ADDED_BAR_MS = { chat: 1, v1: 0.3 };

export const firstToken: Measure = {
  name: 'first-token',
  about: 'one client, one short answer after another',
  run: (setting) => withContenders(setting, (contenders) => run(setting, contenders, '', ADDED_BAR_MS.chat)),
};

export const firstTokenOfGateways: Measure = {
  name: 'v1-first-token',
  about: 'the same through /v1, beside other gateways',
  run: (setting) => withGateways(setting, (gateways) => run(setting, gateways, '/v1, ', ADDED_BAR_MS.v1)),
};

async function run(setting: Setting, contenders: Contenders, through: string, bar: number): Promise<Row[]> {
  const warmUp = setting.quick ? 100 : 1000;
  for (const [key, contender] of Object.entries(contenders)) {
    if (key !== 'direct') await runFirstToken(contender, warmUp);
  }
  const rounds = await roundRobin(contenders, setting.quick ? 1 : 5, async (contender) => {
    const round = await runFirstToken(contender, setting.quick ? 100 : 300);
    setting.log(
      `first-token ${contender.name}: p50 ${show(round.p50_us / 1000, 'ms')}, ` +
        `p99 ${show(round.p99_us / 1000, 'ms')}, ${show(round.cpu_us, 'µs')} CPU per request`,
    );
    const tell = isPeer(contender.name) ? setting.log : setting.fault;
    for (const fault of round.faults) tell(`first-token ${contender.name}: ${fault}`);
    return round;
  });
  const all: Record<string, FirstTokenRound[]> = rounds;
  const ofP50 = (round: FirstTokenRound) => round.p50_us / 1000;
  const ofCpu = (round: FirstTokenRound) => round.cpu_us;
  const p50 = (of: keyof Contenders) => median(rounds[of].map(ofP50));
  const cpu = (of: keyof Contenders) => median(rounds[of].map(ofCpu));
  const others = (pick: (round: FirstTokenRound) => number, unit: string) => ({
    peers: Object.keys(all)
      .filter(isPeer)
      .map((name) => `${name} ${show(median((all[name] ?? []).map(pick)), unit)}`)
      .join(', '),
  });
  const faults = [...rounds.direct, ...rounds.pipe, ...rounds.lightchat].flatMap((round) => round.faults);
  const added = p50('lightchat') - p50('pipe');
  return [
    {
      measure: `${through}time to first token, one stream, p50`,
      direct: show(p50('direct'), 'ms'),
      pipe: show(p50('pipe'), 'ms'),
      lightchat: show(p50('lightchat'), 'ms'),
      ...others(ofP50, 'ms'),
      against: `+${show(added, 'ms')}`,
      bar: `≤ +${bar} ms`,
      verdict: judge(added, bar, faults.length),
    },
    {
      measure: `${through}CPU of one request with 5 tokens`,
      pipe: show(cpu('pipe'), 'µs'),
      lightchat: show(cpu('lightchat'), 'µs'),
      ...others(ofCpu, 'µs'),
      against: `${show(cpu('lightchat') / cpu('pipe'))}x`,
      bar: '',
      verdict: '',
    },
  ];
}
