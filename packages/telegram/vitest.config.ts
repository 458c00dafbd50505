import { defineConfig } from "vitest/config";

// Deadlines and pauses of the real client run in these tests, on machines that may be busy.
export default defineConfig({ test: { testTimeout: 30_000 } });
