import { defineConfig } from "vitest/config";

// One run for all packages, with one report that counts them; `npm test` runs as many files at once as there are cores.
export default defineConfig({ test: { projects: ["packages/*", "apps/*", "scripts", "bench"] } });
