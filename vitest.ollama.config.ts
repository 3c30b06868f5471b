import { defineConfig } from 'vitest/config';

/** The product against a real Ollama. One file after the other: they share one machine's processor. */
export default defineConfig({
  test: {
    name: 'ollama',
    include: ['tests/ollama/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
