/**
 * Builds what is missing and runs the browser tests: `node tests/e2e/run.mjs [arguments for Playwright]`, or with
 * `screenshots` as the argument makes the README's pictures. Without a browser the tests are skipped, loudly;
 * with CI=true that is a failure.
 */
import { ensureBuilt } from '../../scripts/kit/build.mjs';
import { findNode, projectEnv } from '../../scripts/kit/node24.mjs';
import { command, inRoot, say } from '../../scripts/kit/project.mjs';
import { runInForeground } from '../../scripts/kit/run.mjs';
import { findChromium } from './find-chromium.mjs';

await command(async () => {
  const chromium = findChromium();
  if (!chromium) {
    const isFailure = process.env.CI === 'true';
    say(
      `BROWSER TESTS ${isFailure ? 'FAILED' : 'SKIPPED'}: no Chromium found. Install one, or set CHROMIUM_PATH to it.`,
    );
    return isFailure ? 1 : 0;
  }
  await ensureBuilt();
  const [first, ...rest] = process.argv.slice(2);
  const program =
    first === 'screenshots'
      ? [inRoot('tests/e2e/screenshots.ts'), ...rest]
      : [
          inRoot('node_modules/@playwright/test/cli.js'),
          'test',
          '--config',
          inRoot('tests/e2e/playwright.config.ts'),
          ...process.argv.slice(2),
        ];
  return await runInForeground(findNode(), program, { env: projectEnv({ CHROMIUM_PATH: chromium }) });
});
