import { defineConfig } from "vitest/config";

// One run for all packages: two cores are shared by as many test files as they bear, and one report counts them.
export default defineConfig({ test: { projects: ["packages/*", "apps/*", "scripts", "bench"] } });
