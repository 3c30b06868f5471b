/** Lets the n-th operation fail, for every n until nothing fails any more. */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { call } from './client.ts';
import { type FaultyServer, startFaultyServer } from './faulty-server.ts';
import type { Kind } from './preload.ts';
import { type Scenario, scenarios } from './scenarios.ts';

export interface Tried {
  scenario: string;
  kind: Kind;
  /** How many different operations were let fail. */
  points: number;
}

/** More operations than any scenario has: reaching it means that something goes round in circles. */
const MOST = 2000;

/** Throws with the operation after which something was not as it must be. */
export async function failEveryOperation(
  scenario: Scenario,
  kinds: readonly Kind[],
  onwards: boolean,
): Promise<Tried[]> {
  const faulty = await startFaultyServer();
  const { pid } = faulty.server;
  try {
    const tried: Tried[] = [];
    for (const kind of kinds) {
      tried.push({ scenario: scenario.name, kind, points: await failEach(faulty, scenario, kind, onwards) });
      checkDatabase(faulty);
    }
    const health = await call(`${faulty.server.url}/health`, 'GET');
    if (health.json.status !== 'ok' || faulty.server.pid !== pid) throw new Error('the process is another one');
    return tried;
  } finally {
    await faulty.stop();
  }
}

async function failEach(faulty: FaultyServer, scenario: Scenario, kind: Kind, onwards: boolean): Promise<number> {
  for (let n = 1; n < MOST; n += 1) {
    const act = await scenario.prepare(faulty, `${kind}-${onwards}-${n}`, onwards ? 1500 : undefined);
    await faulty.arm({ kind, n, onwards });
    let failed: string[] = [];
    try {
      const check = await act();
      ({ failed } = await faulty.disarm());
      await check();
    } catch (error) {
      if (failed.length === 0) ({ failed } = await faulty.disarm());
      const what = `${scenario.name}: ${kind} operation ${n}${onwards ? ' and all after it' : ''} (${failed[0]})`;
      throw new Error(`${what}: ${(error as Error).message}\n${faulty.server.stderr().slice(-2000)}`, { cause: error });
    }
    if (failed.length === 0) return n - 1;
  }
  throw new Error(`${scenario.name} has no end`);
}

function checkDatabase({ server }: FaultyServer): void {
  const database = new DatabaseSync(join(server.dirs.data, 'lightchat.db'), { readOnly: true });
  const row = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
  database.close();
  if (row.integrity_check !== 'ok') throw new Error(`the database is damaged: ${row.integrity_check}`);
}

export { scenarios };
