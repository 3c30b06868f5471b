/**
 * `npm test [-- suite [its arguments]]`: installs and builds what is missing, runs the suites (unit and e2e when none is
 * named) and ends with one line of counts.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { ensureBuilt } from './kit/build.mjs';
import { keepCounts, playwrightCounts, sentence, vitestCounts } from './kit/counts.mjs';
import { ensureClientsInstalled, ensureInstalled } from './kit/install.mjs';
import { findNode, projectEnv } from './kit/node24.mjs';
import { command, inRoot, Refusal } from './kit/project.mjs';
import { runInForeground } from './kit/run.mjs';

const vitest = (report, ...options) => [
  inRoot('node_modules/vitest/vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${inRoot(report)}`,
  ...options,
];

const suites = {
  unit: { program: vitest('.results/unit.json'), report: '.results/unit.json', count: vitestCounts },
  e2e: { program: [inRoot('tests/e2e/run.mjs')], report: '.results/e2e.json', count: playwrightCounts },
  ollama: {
    program: vitest('.results/ollama.json', '--config', 'vitest.ollama.config.ts'),
    report: '.results/ollama.json',
    count: vitestCounts,
  },
  clients: {
    program: vitest('.results/clients.json', '--config', 'vitest.clients.config.ts'),
    report: '.results/clients.json',
    count: vitestCounts,
  },
  // The long modes of what `unit` proves in short; each says by itself what it takes.
  kill: { program: [inRoot('tests/kill/run.ts')] },
  resume: { program: [inRoot('tests/resume/run.ts')] },
  failures: { program: [inRoot('tests/failures/run.ts')] },
  fuzz: { program: [inRoot('tests/fuzz/run.ts')] },
  soak: { program: [inRoot('tests/soak/run.ts')] },
};

await command(async () => {
  const [named, ...options] = process.argv.slice(2);
  if (named && !suites[named]) throw new Refusal(`No suite is called ${named}: ${Object.keys(suites).join(', ')}.`);
  await ensureInstalled();
  await ensureClientsInstalled();
  await ensureBuilt();
  const results = [];
  for (const name of named ? [named] : ['unit', 'e2e']) results.push(await runSuite(name, options));
  process.stdout.write(`${sentence(results)}\n`);
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
});

async function runSuite(name, options) {
  const { program, report, count } = suites[name];
  if (report) rmSync(inRoot(report), { force: true });
  const code = await runInForeground(findNode(), [...program, ...options], { env: projectEnv() });
  const counts = counted(report, count, code);
  // A suite that fails without a failed test, such as on an unhandled rejection, must not look like a success.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  keepCounts(name, counts);
  return counts;
}

/** Without a report: one passed or failed thing, or one skipped when a suite was to report and did not run. */
function counted(report, count, code) {
  if (report && existsSync(inRoot(report))) return count(JSON.parse(readFileSync(inRoot(report), 'utf8')));
  if (code !== 0) return { passed: 0, failed: 1, skipped: 0 };
  return report ? { passed: 0, failed: 0, skipped: 1 } : { passed: 1, failed: 0, skipped: 0 };
}
