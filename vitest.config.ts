import { defineConfig } from 'vitest/config';

/** Two projects, because the page's parts need a document and nothing else does. */
export default defineConfig({
  test: {
    reporters: ['default'],
    maxWorkers: 2,
    // A bound against hanging, not a measure: the machine may be busy.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['{packages,apps,tests,bench,scripts}/**/*.test.ts'],
          // Those against a real model server, and of clients that are programs, have their own commands.
          exclude: [
            '**/node_modules/**',
            '**/dist/**',
            'apps/web/**',
            'tests/ollama/**',
            'tests/e2e/**',
            'tests/clients/programs/**',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          environment: 'jsdom',
          include: ['apps/web/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
});
