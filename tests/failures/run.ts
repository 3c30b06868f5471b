/** The long mode: `npm run test:failures`: one failure at a time, and then everything from the n-th on. */
import { failEveryOperation, scenarios } from './nth-failure.ts';

let failed = 0;
let passed = 0;
for (const onwards of [false, true]) {
  for (const scenario of scenarios) {
    try {
      for (const { scenario: name, kind, points } of await failEveryOperation(
        scenario,
        ['file', 'database', 'network'],
        onwards,
      )) {
        console.log(`${name}, ${kind}, ${onwards ? 'all from the n-th on' : 'the n-th'}: ${points} points`);
      }
      passed += 1;
    } catch (error) {
      console.error((error as Error).message);
      failed += 1;
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
