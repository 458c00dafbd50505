import { defineConfig } from "vitest/config";

export default defineConfig({ test: { globalSetup: "@herald/scripts/test-database-setup" } });
