import { describe, expect, it } from 'vitest';
import { failEveryOperation, scenarios } from './nth-failure.ts';

/** Where each kind of operation must have been met, so that the test cannot pass by looking at nothing. */
const met: Record<string, Record<string, number>> = {
  send: { file: 0, database: 20, network: 5 },
  stop: { file: 0, database: 5, network: 2 },
  resume: { file: 0, database: 5, network: 5 },
  'PUT /config': { file: 8, database: 0, network: 1 },
};

describe.concurrent('whichever file, database or network operation fails', () => {
  for (const scenario of scenarios) {
    it(`[P4, P14] ${scenario.name} ends in success or a clear error, and nothing that was shown is lost`, {
      timeout: 180_000,
    }, async () => {
      const tried = await failEveryOperation(scenario, ['file', 'database', 'network'], false);
      for (const { kind, points } of tried) {
        expect([kind, points >= (met[scenario.name]?.[kind] ?? 1)]).toEqual([kind, true]);
      }
    });
  }
});
