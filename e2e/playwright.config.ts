import { defineConfig } from "@playwright/test";
import { browser } from "./browser.ts";

export default defineConfig({
  testDir: "tests",
  outputDir: "../.herald/reports/e2e",
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    launchOptions: await browser(),
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
