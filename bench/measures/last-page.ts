/** Opening a very long conversation at its end, in the store and through HTTP. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFolders, startLightChat } from '../contenders.ts';
import { LONG_CONVERSATION } from '../fill-quickly.ts';
import { createHttpClient } from '../load/http-client.ts';
import type { LastPageRound } from '../load/last-page.ts';
import { percentile } from '../numbers.ts';
import { judge, type Row, show } from '../report.ts';
import { copyFilledStore } from '../store-cache.ts';
import type { Measure, Setting } from './measure.ts';

const P50_BAR_MS = 5;
/** Messages of a page, as where nobody says how many. */
const PAGE = 100;
const SCRIPT = join(import.meta.dirname, '../load/last-page.ts');

export const lastPage: Measure = {
  name: 'last-page',
  about: 'the last page of a conversation of 10,000 messages',
  run,
};

async function run(setting: Setting): Promise<Row[]> {
  const long = setting.quick ? 1000 : 10_000;
  const times = setting.quick ? 100 : 1000;
  const folders = createFolders(setting.upstream.port);
  try {
    // Its messages lie among three times as many of others.
    await copyFilledStore(folders.data, { messages: 4 * long, long, log: setting.log });
    const args = [SCRIPT, folders.data, LONG_CONVERSATION, String(PAGE), String(times)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 24 });
    const inStore = JSON.parse(stdout) as LastPageRound;
    const server = await startLightChat(folders, setting.server, 'any');
    const overHttp = await openOverHttp(server.port, times).finally(() => server.stop());
    for (const [name, round] of Object.entries({ 'in the store': inStore, 'through HTTP': overHttp })) {
      setting.log(
        `last-page ${name}: first ${show(round.first_ms, 'ms')}, then p50 ${show(percentile(round.again_ms, 0.5), 'ms')}, ` +
          `p99 ${show(percentile(round.again_ms, 0.99), 'ms')}`,
      );
      for (const fault of round.faults.slice(0, 3)) setting.fault(`last-page ${name}: ${fault}`);
    }
    const title = `last page of a conversation of ${long.toLocaleString('en')} messages`;
    const p50 = percentile(inStore.again_ms, 0.5);
    const p50OverHttp = percentile(overHttp.again_ms, 0.5);
    return [
      {
        measure: `${title}: in the store, p50`,
        lightchat: show(p50, 'ms'),
        against: '',
        bar: `≤ ${P50_BAR_MS} ms`,
        verdict: judge(p50, P50_BAR_MS, inStore.faults.length),
      },
      {
        measure: `${title}: through HTTP, p50`,
        lightchat: show(p50OverHttp, 'ms'),
        against: `+${show(p50OverHttp - p50, 'ms')}`,
        bar: '',
        verdict: overHttp.faults.length > 0 ? 'WRONG ANSWERS' : '',
      },
    ];
  } finally {
    folders.remove();
  }
}

async function openOverHttp(port: number, times: number): Promise<LastPageRound> {
  const client = createHttpClient(port);
  const round: LastPageRound = { first_ms: Number.NaN, again_ms: [], faults: [] };
  for (let n = 0; n <= times; n += 1) {
    const { status, text, ms } = await client.get(`/api/chat/sessions/${LONG_CONVERSATION}/messages?limit=${PAGE}`);
    if (n === 0) round.first_ms = ms;
    else round.again_ms.push(ms);
    const { items, active_leaf_id } = JSON.parse(text) as { items?: { id: string }[]; active_leaf_id?: string };
    const isWhole = status === 200 && items?.length === PAGE && items.at(-1)?.id === active_leaf_id;
    if (!isWhole) round.faults.push(`${status}: ${text.slice(0, 200)}`);
  }
  client.close();
  return round;
}
