/** `npm run build`: makes dist/ from the sources, whether they changed or not. */
import { build } from './kit/build.mjs';
import { ensureInstalled } from './kit/install.mjs';
import { onlyOnce } from './kit/only-once.mjs';
import { command } from './kit/project.mjs';

await command(async () => {
  await ensureInstalled();
  await onlyOnce('build', build);
});
