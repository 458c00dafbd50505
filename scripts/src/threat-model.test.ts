import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./root.ts";

test("every file that the threat model leans on is there", () => {
  const page = readFileSync(join(ROOT, "docs/threat-model.md"), "utf8");
  const named = [...page.matchAll(/`([\w./-]+\/[\w./-]+\.\w+|[\w.-]+\.(?:yaml|cjs))`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(ROOT, path)) && path !== ".herald/secrets.json")).toEqual([]);
});
