/** The long mode: `npm run test:kill -- [kills] [seed]`. */
import { killAndCompare } from './kill.ts';

const kills = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
console.log(`${kills} kills, seed ${seed}`);
try {
  const report = await killAndCompare(kills, seed, (done) => {
    if (done % 20 === 0) console.log(`${done} kills`);
  });
  console.log(report);
  console.log('1 passed, 0 failed');
} catch (error) {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
