/** The long mode: `npm run test:kill -- [kills] [seed]`. */
import { askedFor } from '../seeded/random.ts';
import { killAndCompare } from './kill.ts';

const { amount: kills, seed } = askedFor(200);
console.log(`${kills} kills, seed ${seed}`);
try {
  const report = await killAndCompare(kills, seed, (done) => {
    if (done % 50 === 0) console.log(`${done} kills`);
  });
  console.log(report);
  console.log('1 passed, 0 failed');
} catch (error) {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
