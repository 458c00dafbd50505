import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { globalSetup: "@herald/scripts/test-database-setup", testTimeout: 30_000, hookTimeout: 30_000 },
});
