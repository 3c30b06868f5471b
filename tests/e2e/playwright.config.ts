/** The page in a real browser, against the real server and a scripted model server. Run by `node tests/e2e/run.mjs`. */
import { defineConfig } from '@playwright/test';
import { chromiumOptions } from './support/chromium-options.ts';

export default defineConfig({
  testDir: '.',
  outputDir: '../../.results/e2e',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: '../../.results/e2e.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: chromiumOptions,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
  },
});
