/** The long mode: `npm run test:resume -- [histories] [seed]`. */
import { askedFor } from '../seeded/random.ts';
import { playHistories } from './resume.ts';

const { amount, seed } = askedFor(100_000);
console.log(`${amount} histories from seed ${seed}`);
const began = performance.now();
try {
  await playHistories(amount, seed, (done) => {
    if (done % 5000 === 0) console.log(`${done} histories, ${Math.round((performance.now() - began) / 1000)} s`);
  });
  console.log('1 passed, 0 failed');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
