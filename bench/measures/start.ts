/** From spawn to the ready line with a well used database, and the memory it then rests at. */
import { sleep } from '../clock.ts';
import { createFolders, startLightChat } from '../contenders.ts';
import { fillStore } from '../fill-store.ts';
import { median } from '../numbers.ts';
import { memoryKilobytes } from '../process-stats.ts';
import { judge, type Row, show } from '../report.ts';
import type { Measure, Setting } from './measure.ts';

const READY_BAR_MS = 250;
const RESIDENT_BAR_MB = 110;

export const start: Measure = { name: 'start', about: 'start with 10,000 conversations stored', run };

async function run(setting: Setting): Promise<Row[]> {
  const conversations = setting.quick ? 200 : 10_000;
  const folders = createFolders(setting.upstream.port);
  try {
    await fillStore(folders.data, conversations);
    const ready: number[] = [];
    const resident: number[] = [];
    let faults = 0;
    for (let round = 0; round < (setting.quick ? 3 : 9); round += 1) {
      const server = await startLightChat(folders, setting.server, 'any');
      await sleep(1500);
      resident.push(memoryKilobytes(server.pid).resident / 1024);
      faults += (await listsConversations(server.port)) ? 0 : 1;
      await server.stop();
      if (round > 0) ready.push(server.ready_ms);
    }
    setting.log(
      `start: ready after ${ready.map((ms) => show(ms)).join(', ')} ms; ${resident.map((mb) => show(mb)).join(', ')} MB`,
    );
    if (faults > 0) setting.fault('start: the stored conversations are not listed');
    return [
      {
        measure: `spawn to ready, ${conversations.toLocaleString('en')} conversations stored`,
        lightchat: show(median(ready), 'ms'),
        against: '',
        bar: `≤ ${READY_BAR_MS} ms`,
        verdict: judge(median(ready), READY_BAR_MS, faults),
      },
      {
        measure: 'resident memory after that start, idle',
        lightchat: show(median(resident), 'MB'),
        against: '',
        bar: `≤ ${RESIDENT_BAR_MB} MB`,
        verdict: judge(median(resident), RESIDENT_BAR_MB, faults),
      },
    ];
  } finally {
    folders.remove();
  }
}

async function listsConversations(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/chat/sessions?limit=50`);
  const page = (await answer.json()) as { items?: unknown[] };
  return page.items?.length === 50;
}
