/** What LightChat adds to the wait for the first token when nothing else goes on. */
import { runFirstToken } from '../load/first-token.ts';
import { median } from '../numbers.ts';
import { judge, type Row, show } from '../report.ts';
import { type Measure, roundRobin, type Setting, withContenders } from './measure.ts';

const ADDED_BAR_MS = 1;

export const firstToken: Measure = { name: 'first-token', about: 'one client, one short answer after another', run };

async function run(setting: Setting): Promise<Row[]> {
  return withContenders(setting, async (contenders) => {
    const warmUp = setting.quick ? 100 : 1000;
    await Promise.all([runFirstToken(contenders.pipe, warmUp), runFirstToken(contenders.lightchat, warmUp)]);
    const rounds = await roundRobin(contenders, setting.quick ? 1 : 5, async (contender) => {
      const round = await runFirstToken(contender, setting.quick ? 100 : 300);
      setting.log(
        `first-token ${contender.name}: p50 ${show(round.p50_us / 1000, 'ms')}, ` +
          `p99 ${show(round.p99_us / 1000, 'ms')}, ${show(round.cpu_us, 'µs')} CPU per request`,
      );
      for (const fault of round.faults) setting.fault(`first-token ${contender.name}: ${fault}`);
      return round;
    });
    const p50 = (of: keyof typeof rounds) => median(rounds[of].map((round) => round.p50_us / 1000));
    const cpu = (of: keyof typeof rounds) => median(rounds[of].map((round) => round.cpu_us));
    const faults = Object.values(rounds)
      .flat()
      .flatMap((round) => round.faults);
    const added = p50('lightchat') - p50('direct');
    return [
      {
        measure: 'time to first token, one stream, p50',
        direct: show(p50('direct'), 'ms'),
        pipe: show(p50('pipe'), 'ms'),
        lightchat: show(p50('lightchat'), 'ms'),
        against: `+${show(added, 'ms')}`,
        bar: `≤ +${ADDED_BAR_MS} ms`,
        verdict: judge(added, ADDED_BAR_MS, faults.length),
      },
      {
        measure: 'CPU of one request with 5 tokens',
        pipe: show(cpu('pipe'), 'µs'),
        lightchat: show(cpu('lightchat'), 'µs'),
        against: `${show(cpu('lightchat') / cpu('pipe'))}x`,
        bar: '',
        verdict: '',
      },
    ];
  });
}
