/** How Stryker makes and runs the mutants of one directory of the core, which `npm run mutation` names. */
const directory = process.env.MUTATED_DIRECTORY ?? '*';

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'spec/mutation/vitest.config.ts', related: false },
  mutate: [`core/${directory}/*.ts`],
  coverageAnalysis: 'perTest',
  // There is none of that name: Stryker would rewrite it with an interface that TypeScript 7 does not have.
  tsconfigFile: 'none',
  concurrency: 2,
  timeoutMS: 10_000,
  incremental: true,
  incrementalFile: `mutation/${directory}.incremental.json`,
  tempDirName: `mutation/sandbox-${directory}`,
  // A second biome.json below the first is an error to Biome.
  ignorePatterns: ['/biome.json', '/dist', '/coverage', '/mutation', '/docs', '/spec/wpt'],
  reporters: ['progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: `mutation/${directory}.json` },
  htmlReporter: { fileName: `mutation/${directory}.html` },
  allowEmpty: false,
};
