/**
 * `npm run check [-- step …]`: the one door. Every step says in one line how it went; those named run, or else all.
 * A step that fails does not stop the others.
 */
import { forgetCounts, keepCounts } from './kit/counts.mjs';
import { ensureClientsInstalled, ensureInstalled } from './kit/install.mjs';
import { findNode, projectEnv } from './kit/node24.mjs';
import { command, inRoot, Refusal } from './kit/project.mjs';
import { runInForeground, runQuietly } from './kit/run.mjs';

const bin = (path, ...args) => [inRoot('node_modules', path), ...args];
const ours = (name) => [[inRoot(`scripts/checks/${name}.ts`)]];

/** Each step is a list of programs for Node; their last line of output says what was looked at. */
const steps = {
  lint: [bin('@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings', '.')],
  types: ['packages/protocol', 'apps/server', 'apps/web', 'tests', 'bench', 'scripts'].map((folder) =>
    bin('typescript/bin/tsc', '--project', folder, '--pretty', 'false'),
  ),
  boundaries: ours('boundaries'),
  unused: [bin('knip/bin/knip.js', '--no-progress', '--treat-config-hints-as-errors')],
  requirements: ours('requirements'),
  words: ours('words'),
  test: [[inRoot('scripts/test.mjs')]],
};
const names = Object.keys(steps);

await command(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown) throw new Refusal(`No step is called ${unknown}: ${names.join(', ')}.`);
  const chosen = asked.length > 0 ? names.filter((name) => asked.includes(name)) : names;
  await ensureInstalled();
  await ensureClientsInstalled();
  forgetCounts();
  const failed = [];
  for (const name of chosen) if (!(await runStep(name))) failed.push(name);
  const checks = chosen.filter((name) => name !== 'test');
  const bad = failed.filter((name) => name !== 'test').length;
  if (checks.length > 0) keepCounts('checks', { passed: checks.length - bad, failed: bad, skipped: 0 });
  print(failed.length > 0 ? `Failed: ${failed.join(', ')}.` : `All well: ${chosen.join(', ')}.`);
  return failed.length > 0 ? 1 : 0;
});

async function runStep(name) {
  const start = performance.now();
  const { failed, output } = name === 'test' ? await inTheOpen(name) : await quietly(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const remark = failed ? '' : (output.trim().split('\n').at(-1) ?? '');
  print(`${failed ? 'FAILED' : 'ok    '} ${name.padEnd(12)} ${seconds.padStart(6)} s  ${remark}`.trimEnd());
  if (failed) print(output.trimEnd());
  return !failed;
}

async function quietly(name) {
  const all = await Promise.all(
    steps[name].map((program) => runQuietly(findNode(), program, { env: projectEnv({ NO_COLOR: '1' }) })),
  );
  return { failed: all.some(({ code }) => code !== 0), output: all.map(({ output }) => output).join('') };
}

async function inTheOpen(name) {
  const code = await runInForeground(findNode(), steps[name][0], { env: projectEnv() });
  return { failed: code !== 0, output: '' };
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
