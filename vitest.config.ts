import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  test: {
    projects: [
      {
        // What examples import as the package, specs import as sources: it has to be the same.
        resolve: {
          alias: [
            { find: /^sansocket$/, replacement: `${root}core/index.ts` },
            { find: /^sansocket\/(node|testing)$/, replacement: `${root}adapters/$1.ts` },
          ],
        },
        test: {
          name: 'unit',
          include: ['spec/**/*.spec.ts'],
          exclude: ['spec/interop/**', 'spec/runtimes/**', 'spec/wpt/**'],
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
        // The public tests of browsers, each in a thread of a process of its own.
        test: {
          name: 'wpt',
          include: ['spec/wpt/**/*.spec.ts'],
          testTimeout: 600_000,
        },
      },
      {
        // Real peers on real sockets and in real processes: one file after another, on two cores.
        test: {
          name: 'interop',
          expect: { poll: { timeout: 5_000 } },
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
