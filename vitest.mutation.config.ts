import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // a run a mutant: loading modules anew for each of its test files would take most of the time
    isolate: false,
    // one that leaves a test waiting for ever is noticed then
    testTimeout: 10_000,
    // those over TCP wait for real deadlines, which takes minutes for each mutant that they do not notice
    exclude: [...configDefaults.exclude, "**/test/tcp/**"],
  },
});
