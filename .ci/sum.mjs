/** The last line of a CI run: `N passed, N failed` over all suites. Takes the exit code so far, and fails when they disagree. */
import { readCounts, sentence } from '../scripts/kit/counts.mjs';

const exitCode = Number(process.argv[2]);
const suites = readCounts();
const all = Object.values(suites);
const failed = all.some((counts) => counts.failed > 0);
// Something broke outside of every suite, such as an installation.
if (exitCode !== 0 && !failed) all.push({ passed: 0, failed: 1, skipped: 0 });
for (const [name, counts] of Object.entries(suites)) console.log(`${name.padEnd(8)} ${sentence([counts])}`);
const { passed, failed: bad } = all.reduce(
  (sum, counts) => ({ passed: sum.passed + counts.passed, failed: sum.failed + counts.failed }),
  { passed: 0, failed: 0 },
);
console.log(`${passed} passed, ${bad} failed`);
process.exitCode = exitCode === 0 && (failed || passed === 0) ? 1 : 0;
