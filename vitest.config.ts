import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packageJson: { exports: Record<string, string | { default: string }> } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
);

/** The source of a module that is built to `dist/`. */
const sourceOf = (built: string): string =>
  fileURLToPath(new URL(built.replace('/dist/', '/').replace(/\.js$/, '.ts'), import.meta.url));

export default defineConfig({
  test: {
    projects: [
      {
        // What examples import as the package, specs import as sources: it has to be the same.
        resolve: {
          alias: Object.entries(packageJson.exports).flatMap(([entry, target]) =>
            typeof target === 'string'
              ? []
              : [{ find: new RegExp(`^${entry.replace('.', 'sansocket')}$`), replacement: sourceOf(target.default) }],
          ),
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
