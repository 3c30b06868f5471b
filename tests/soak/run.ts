/** `npm run test:soak -- [minutes] [seed]`. */
import { askedFor } from '../seeded/random.ts';
import { soak } from './soak.ts';

const { amount: minutes, seed } = askedFor(10);
const row = (...cells: (string | number)[]) => cells.map((cell) => String(cell).padStart(8)).join('');
console.log(
  `${minutes} minutes, seed ${seed}\n${row('s', 'rss MB', 'heap MB', 'handles', 'files', 'runs', 'events', 'returns')}  after`,
);
const report = await soak({
  minutes,
  seed,
  streams: 200,
  everySeconds: 5,
  onSample({ at, rss, heap, handles, files }, { runs, events, returns }, disturbance) {
    console.log(`${row(at, rss, heap, handles, files, runs, events, returns)}  ${disturbance}`);
  },
});
console.log(report);
console.log(report.faults.length === 0 ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = report.faults.length === 0 ? 0 : 1;
