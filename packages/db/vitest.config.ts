import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "@herald/scripts/test-database-setup",
    // a bound for what hangs: files share two cores
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
