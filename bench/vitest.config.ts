import { defineConfig } from "vitest/config";

// one after the other: a run keeps both cores busy, and measures how quickly a Herald mends
export default defineConfig({ test: { fileParallelism: false } });
