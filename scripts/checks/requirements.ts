/** Fails when a test cites an id that does not exist; lists the delivered ids that no test cites. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { citedIds, type Requirement } from './requirements/cited-ids.ts';
import { root, trackedFiles } from './tracked-files.ts';

const requirements: Requirement[] = JSON.parse(readFileSync(join(root, 'docs/spec/requirements.json'), 'utf8'));
const known = new Set(requirements.map(({ id }) => id));
const cited = new Set<string>();
let unknown = 0;

const isTest = /\.(test|spec|contract)\.(ts|tsx|mjs)$/;
const ownTest = 'scripts/checks/requirements/cited-ids.test.ts';
for (const path of trackedFiles().filter((file) => isTest.test(file) && file !== ownTest)) {
  for (const { id, line } of citedIds(readFileSync(join(root, path), 'utf8'))) {
    cited.add(id);
    if (known.has(id)) continue;
    unknown += 1;
    console.error(`${path}:${line} cites [${id}], which docs/spec/requirements.json does not have`);
  }
}

const uncited = requirements.filter(({ id, delivered }) => delivered && !cited.has(id)).map(({ id }) => id);
if (known.size !== requirements.length) console.error('docs/spec/requirements.json has an id twice');
if (cited.size === 0) console.error('No test cites any id, so nothing was checked.');
const proven = requirements.filter(({ id }) => cited.has(id)).length;
const open =
  uncited.length > 0 ? `; delivered, cited by no test: ${uncited.join(' ')}` : '; every delivered one is cited';
console.log(`${proven} of ${requirements.length} ids are cited by tests${open}`);
process.exitCode = unknown > 0 || known.size !== requirements.length || cited.size === 0 ? 1 : 0;
