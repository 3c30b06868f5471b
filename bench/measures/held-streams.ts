/** Very many slow streams in one process: all open, all delivered. */
import { type Load, type PacedRound, runPaced } from '../load/paced.ts';
import { judge, type Row, show } from '../report.ts';
import { type Measure, type Setting, withContenders } from './measure.ts';

/** Of the tokens that were due in the window, the share that must arrive in it. */
const DELIVERED_BAR = 0.97;

export const heldStreams: Measure = {
  name: 'held-5000',
  about: '5,000 streams x 4 tokens/s held by one process',
  run,
};

async function run(setting: Setting): Promise<Row[]> {
  const { quick } = setting;
  const streams = quick ? 200 : 5000;
  const load: Load = {
    streams,
    delay_ms: 250,
    // Slowly: what is measured is to hold them, and a start costs as much as a hundred tokens.
    ramp_ms: streams * 6,
    settle_ms: quick ? 500 : 4000,
    window_ms: quick ? 1500 : 5000,
  };
  return withContenders(setting, async ({ pipe, lightchat }) => {
    const results: PacedRound[] = [];
    for (const contender of [pipe, lightchat]) {
      const round = await runPaced(contender, load);
      setting.log(
        `held-5000 ${contender.name}: ${round.open} open, ${show(round.delivered * 100, '%')} delivered, ` +
          `${show(round.cpu_us, 'µs')} CPU per token, delivery p50 ${show(round.latency_p50_us / 1000, 'ms')}, ` +
          `${show(round.resident_kb / 1024, 'MB')}, ${round.faults.length} faults`,
      );
      for (const fault of round.faults.slice(0, 3)) setting.fault(`held-5000 ${contender.name}: ${fault}`);
      results.push(round);
    }
    const [byPipe, byLightChat] = results;
    if (!byPipe || !byLightChat) return [];
    const title = `${streams.toLocaleString('en')} streams x 4 tokens/s in one process`;
    const missing = byLightChat.open < streams ? Number.POSITIVE_INFINITY : 1 - byLightChat.delivered;
    return [
      {
        measure: `${title}: open, delivered in time`,
        pipe: `${byPipe.open.toLocaleString('en')}, ${show(byPipe.delivered * 100, '%')}`,
        lightchat: `${byLightChat.open.toLocaleString('en')}, ${show(byLightChat.delivered * 100, '%')}`,
        against: '',
        bar: 'all, all',
        verdict: judge(missing, 1 - DELIVERED_BAR, byLightChat.faults.length),
      },
      {
        measure: `${title}: delivery latency, p50`,
        pipe: show(byPipe.latency_p50_us / 1000, 'ms'),
        lightchat: show(byLightChat.latency_p50_us / 1000, 'ms'),
        against: `+${show((byLightChat.latency_p50_us - byPipe.latency_p50_us) / 1000, 'ms')}`,
        bar: '',
        verdict: '',
      },
    ];
  });
}
