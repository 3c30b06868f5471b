import { defineConfig } from 'vitest/config';

/** Clients of other people against the built server, also those that are programs of their own. */
export default defineConfig({
  test: {
    name: 'clients',
    environment: 'node',
    include: ['tests/clients/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
