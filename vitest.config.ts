import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['spec/**/*.spec.ts'],
          exclude: ['spec/interop/**', 'spec/runtimes/**'],
          testTimeout: 30_000,
        },
      },
      {
        // Real runtimes: one file after another, on two cores.
        test: {
          name: 'runtimes',
          include: ['spec/runtimes/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        // Real peers on real sockets and in real processes: one file after another, on two cores.
        test: {
          name: 'interop',
          include: ['spec/interop/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['core/**/*.ts'],
      exclude: ['**/*.d.ts'],
      reporter: [['text', { skipFull: true }], 'text-summary'],
      thresholds: { branches: 98 },
    },
  },
});
