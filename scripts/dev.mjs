/** `npm run dev`: the server from source, restarted when it changes, and the page with hot reload on port 5173. */
import { ensureInstalled } from './kit/install.mjs';
import { findNode, projectEnv } from './kit/node24.mjs';
import { command, inRoot, say } from './kit/project.mjs';
import { runInForeground } from './kit/run.mjs';

await command(async () => {
  await ensureInstalled();
  const node = findNode();
  const vite = [inRoot('node_modules/vite/bin/vite.js'), '--clearScreen', 'false'];
  say('The page with hot reload: http://127.0.0.1:5173');
  // Whichever ends first decides; the other one ends with it.
  const ended = await Promise.race([
    runInForeground(
      node,
      ['--watch', '--watch-preserve-output', inRoot('apps/server/src/main.ts'), ...process.argv.slice(2)],
      {
        env: projectEnv(),
      },
    ),
    runInForeground(node, vite, { cwd: inRoot('apps/web'), env: projectEnv() }),
  ]);
  process.kill(process.pid, 'SIGTERM');
  return ended;
});
