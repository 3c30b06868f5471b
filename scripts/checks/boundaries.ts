/** Fails when a file leans on one it may not lean on, or when not every tracked source file was looked at. */
import { findViolations } from './boundaries/find-violations.ts';
import { root, trackedFiles } from './tracked-files.ts';

const { files, violations } = findViolations(root);
const looked = new Set(files);
const missed = trackedFiles().filter(
  (path) => /^(apps|packages|tests|bench)\/.*\.tsx?$/.test(path) && !looked.has(path),
);

for (const { rule, why, where } of violations) console.error(`${rule}: ${where}\n    ${why}`);
for (const path of missed) console.error(`not looked at: ${path}`);
if (files.length === 0) console.error('No source file was found, so nothing was checked.');
const failed = violations.length + missed.length > 0 || files.length === 0;
console.log(
  failed
    ? `${violations.length} violations, ${missed.length} files missed`
    : `${files.length} files keep to their floors`,
);
process.exitCode = failed ? 1 : 0;
