/** Memory for each stream that is open and waits. */
import { runIdleStreams } from '../load/idle-streams.ts';
import { judge, type Row, show } from '../report.ts';
import { type Measure, type Setting, withContenders } from './measure.ts';

const BAR_KB = 60;

export const idleStreams: Measure = { name: 'idle-streams', about: 'memory of open streams that wait', run };

async function run(setting: Setting): Promise<Row[]> {
  const streams = setting.quick ? 200 : 2000;
  return withContenders(setting, async ({ pipe, lightchat }) => {
    const perStream: number[] = [];
    let faults = 0;
    for (const contender of [pipe, lightchat]) {
      const round = await runIdleStreams(contender, streams);
      setting.log(
        `idle-streams ${contender.name}: ${show(round.before_kb / 1024, 'MB')} before, ` +
          `${show(round.with_kb / 1024, 'MB')} with ${round.open} streams open, ${round.faults.length} faults`,
      );
      for (const fault of round.faults.slice(0, 3)) setting.fault(`idle-streams ${contender.name}: ${fault}`);
      if (round.open < streams) setting.fault(`idle-streams ${contender.name}: only ${round.open} open`);
      faults += round.faults.length + streams - round.open;
      perStream.push(round.per_stream_kb);
    }
    const [byPipe = Number.NaN, byLightChat = Number.NaN] = perStream;
    return [
      {
        measure: `memory per open idle stream, over ${streams.toLocaleString('en')}`,
        pipe: show(byPipe, 'KB'),
        lightchat: show(byLightChat, 'KB'),
        against: `${show(byLightChat / byPipe)}x`,
        bar: `≤ ${BAR_KB} KB`,
        verdict: judge(byLightChat, BAR_KB, faults),
      },
    ];
  });
}
