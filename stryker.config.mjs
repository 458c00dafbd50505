// Run in the folder of one package: scripts/src/mutation.ts does. What is evaluated once, when a module is loaded (schemas,
// tables), is left alone: each such mutant needs every test of the package anew.
export default {
  testRunner: "vitest",
  vitest: { configFile: "../../vitest.mutation.config.ts" },
  plugins: ["@stryker-mutator/vitest-runner"],
  mutate: ["src/**/*.ts", "!src/**/*.test.ts", "!src/testing/**"],
  // two levels below the root, as the package is: its tsconfig.json names its base by that
  tempDirName: "../../.stryker-tmp",
  // it would be rewritten by TypeScript's API, which TypeScript 7 does not have
  tsconfigFile: "none.json",
  concurrency: 1,
  coverageAnalysis: "perTest",
  // a mutant that hangs is noticed; one whose tests are slow because the machine is busy is not taken for it
  timeoutMS: 60_000,
  ignoreStatic: true,
  reporters: ["clear-text", "progress-append-only", "html"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 85, break: 85 },
};
