/** The long mode: `npm run test:fuzz -- [requests] [seed]`. */
import { askedFor } from '../seeded/random.ts';
import { fuzz } from './fuzz.ts';

const { amount, seed } = askedFor(100_000);
console.log(`${amount} requests, seed ${seed}`);
try {
  console.log(await fuzz(amount, seed));
  console.log('1 passed, 0 failed');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
