import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "@herald/scripts/test-database-setup",
    // whole cycles, and engines that are killed and started again
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
