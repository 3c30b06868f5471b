/** Search as it is typed, in a store of a million messages, and what it does to everybody else. */
import { sleep } from '../clock.ts';
import { createFolders, startLightChat } from '../contenders.ts';
import { lookAtHealth, pickSearches, runTyping } from '../load/search-typing.ts';
import { percentile } from '../numbers.ts';
import { judge, type Row, show } from '../report.ts';
import { copyFilledStore } from '../store-cache.ts';
import type { Measure, Setting } from './measure.ts';

const P50_BAR_MS = 5;

export const search: Measure = { name: 'search', about: 'search as it is typed among 1,000,000 messages', run };

async function run(setting: Setting): Promise<Row[]> {
  const { quick, log } = setting;
  const messages = quick ? 20_000 : 1_000_000;
  const folders = createFolders(setting.upstream.port);
  try {
    await copyFilledStore(folders.data, { messages, log });
    const [warmUp, searches] = [pickSearches(folders.data, 5), pickSearches(folders.data, quick ? 15 : 95).slice(5)];
    const server = await startLightChat(folders, setting.server, 'any');
    try {
      const first = await runTyping(server.port, warmUp);
      log(`search: the very first took ${show(first.search_ms[0] ?? Number.NaN, 'ms')}`);
      await sleep(1000);
      const aloneUntil = performance.now() + (quick ? 1000 : 4000);
      const alone = await lookAtHealth(server.port, () => performance.now() < aloneUntil);
      const round = await runTyping(server.port, searches);
      for (const fault of [...first.faults, ...round.faults].slice(0, 3)) setting.fault(`search: ${fault}`);
      return rows(messages, round, alone, first.faults.length + round.faults.length, log);
    } finally {
      await server.stop();
    }
  } finally {
    folders.remove();
  }
}

function rows(
  messages: number,
  { search_ms, slowest, health_ms }: Awaited<ReturnType<typeof runTyping>>,
  alone: number[],
  faults: number,
  log: Setting['log'],
): Row[] {
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => percentile(search_ms, share)) as [number, number, number];
  const [healthP99, aloneP99] = [percentile(health_ms, 0.99), percentile(alone, 0.99)];
  log(
    `search: ${search_ms.length} searches, p50 ${show(p50, 'ms')}, p90 ${show(p90, 'ms')}, p99 ${show(p99, 'ms')}, ` +
      `slowest ${show(slowest.ms, 'ms')} ("${slowest.q}")`,
  );
  log(
    `search: /health p50 ${show(percentile(health_ms, 0.5), 'ms')}, p99 ${show(healthP99, 'ms')}, ` +
      `worst ${show(Math.max(...health_ms), 'ms')} of ${health_ms.length} meanwhile; ` +
      `p50 ${show(percentile(alone, 0.5), 'ms')}, p99 ${show(aloneP99, 'ms')} without searches`,
  );
  const title = `search as it is typed, ${messages.toLocaleString('en')} messages`;
  const plain = { against: '', bar: '', verdict: '' } as const;
  return [
    {
      measure: `${title}: p50`,
      lightchat: show(p50, 'ms'),
      against: '',
      bar: `≤ ${P50_BAR_MS} ms`,
      verdict: judge(p50, P50_BAR_MS, faults),
    },
    { ...plain, measure: `${title}: p99`, lightchat: show(p99, 'ms') },
    {
      ...plain,
      measure: 'GET /health meanwhile, p99',
      lightchat: show(healthP99, 'ms'),
      against: `+${show(healthP99 - aloneP99, 'ms')}`,
    },
  ];
}
