import { defineConfig } from 'vitest/config';

/** The specs of the directory whose mutants are run: they are fast, and each module is to be held by its own. */
export default defineConfig({
  test: {
    include: [
      `spec/core/${process.env.MUTATED_DIRECTORY ?? '*'}/**/*.spec.ts`,
      'spec/core/{connection,data-transfer,endpoint}.spec.ts',
    ],
    testTimeout: 30_000,
  },
});
