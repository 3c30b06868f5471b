/** `npm start`: whatever is missing is made, then the server runs with the given arguments, in our place where possible. */
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './kit/build.mjs';
import { ensureInstalled } from './kit/install.mjs';
import { findNode } from './kit/node24.mjs';
import { command, inRoot } from './kit/project.mjs';
import { runInForeground } from './kit/run.mjs';
import { serverOptions } from './kit/server-options.mjs';

await command(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const node = findNode();
  const args = [...serverOptions, inRoot('dist/server/main.mjs'), ...process.argv.slice(2)];
  // Becoming the server (Node 22.15 and newer, not on Windows) leaves one process: every signal reaches it.
  if (process.execve && process.platform !== 'win32') {
    const watch = ['--import', pathToFileURL(inRoot('scripts/kit/end-with-npm.mjs')).href];
    process.execve(node, [node, ...(process.env.npm_lifecycle_event ? watch : []), ...args], process.env);
  }
  return await runInForeground(node, args, { cwd: process.cwd() });
});
