import { defineConfig } from "vitest/config";

// A run a mutant: loading modules anew for each of its test files would take most of the time.
export default defineConfig({ test: { isolate: false, testTimeout: 30_000 } });
