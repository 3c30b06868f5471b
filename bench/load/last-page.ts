/**
 * Opens the last page of a conversation in the store, again and again: `node last-page.ts <data folder> <conversation>
 * <page> <times>`. A process of its own, so that nothing else is on its event loop. Prints a LastPageRound.
 */
import { openSqliteStore } from '../../apps/server/src/store/sqlite/index.ts';

export interface LastPageRound {
  /** Milliseconds of the very first time, and of the others. */
  first_ms: number;
  again_ms: number[];
  faults: string[];
}

const [folder = '', conversation = '', page = '', times = ''] = process.argv.slice(2);
const store = openSqliteStore(folder);
const round: LastPageRound = { first_ms: Number.NaN, again_ms: [], faults: [] };
for (let n = 0; n <= Number(times); n += 1) {
  const asked = performance.now();
  const { items, active_leaf_id, before } = await store.conversations.branch('local', conversation, {
    limit: Number(page),
  });
  const ms = performance.now() - asked;
  if (n === 0) round.first_ms = ms;
  else round.again_ms.push(ms);
  const isWhole = items.length === Number(page) && items.at(-1)?.id === active_leaf_id && before === items[0]?.id;
  if (!isWhole) round.faults.push(`${items.length} messages, not the last ${page}`);
}
await store.close();
process.stdout.write(`${JSON.stringify(round)}\n`);
