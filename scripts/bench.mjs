/** `npm run bench`: the benchmarks of bench/, against the built server. */
import { ensureBuilt } from './kit/build.mjs';
import { ensureInstalled, ensurePeersInstalled } from './kit/install.mjs';
import { findNode, projectEnv } from './kit/node24.mjs';
import { command, inRoot } from './kit/project.mjs';
import { runInForeground } from './kit/run.mjs';

await command(async () => {
  await ensureInstalled();
  await ensurePeersInstalled();
  await ensureBuilt();
  return await runInForeground(findNode(), [inRoot('bench/run.ts'), ...process.argv.slice(2)], { env: projectEnv() });
});
