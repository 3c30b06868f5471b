/** The long modes: `npm run test:fuzz -- [requests] [seed]`, and `npm run test:fuzz -- schemathesis [examples]`. */
import { askedFor } from '../seeded/random.ts';
import { fuzz } from './fuzz.ts';
import { runSchemathesis } from './schemathesis.ts';

async function longMode(): Promise<boolean> {
  if (process.argv[2] === 'schemathesis') return (await runSchemathesis(Number(process.argv[3] ?? 100))) === 0;
  const { amount, seed } = askedFor(100_000);
  console.log(`${amount} requests, seed ${seed}`);
  console.log(await fuzz(amount, seed));
  return true;
}

const isWell = await longMode().catch((error: Error) => {
  console.error(error.message);
  return false;
});
console.log(isWell ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = isWell ? 0 : 1;
