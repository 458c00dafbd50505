import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogFiles } from "./log-files.ts";

let folder: string;
let faults: unknown[];
let files: LogFiles;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "herald-logs-")), "logs");
  faults = [];
  files = new LogFiles(folder, (fault) => faults.push(fault));
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const at = new Date("2026-12-01T23:59:59.999Z");
const mode = (...path: string[]) => (statSync(join(folder, ...path)).mode & 0o777).toString(8);

test("a name with line breaks and escape sequences stays within its line", async () => {
  const userId = randomUUID();
  const forged = "2026-12-01T23:59:59.999Z error Your bot was banned";
  files.append({ userId, at, level: "info", text: `Posted to Cats\n${forged}\r\u001b[1A\u2028.` });
  files.append({ userId, at, level: "warning", text: "It waits", code: "FLOOD_WAIT" });
  await files.flush();
  expect(readFileSync(join(folder, userId, "2026-12-01.log"), "utf8")).toBe(
    `2026-12-01T23:59:59.999Z info Posted to Cats\\u000a${forged}\\u000d\\u001b[1A\\u2028.\n` +
      "2026-12-01T23:59:59.999Z warning It waits [FLOOD_WAIT]\n",
  );
  expect(faults).toEqual([]);
});

test("only the owner of the process can read what is written", async () => {
  const userId = randomUUID();
  files.append({ userId, at, level: "info", text: "Posted" });
  await files.flush();
  expect([mode(), mode(userId), mode(userId, "2026-12-01.log")]).toEqual(["700", "700", "600"]);
});

test("what was open is closed, and nothing that is not Herald's", async () => {
  const [userId, another] = [randomUUID(), randomUUID()];
  for (const name of [userId, another, "nginx"]) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const file of ["2026-11-30.log", "notes"]) {
      writeFileSync(join(folder, name, file), "");
      chmodSync(join(folder, name, file), 0o644);
    }
    chmodSync(join(folder, name), 0o755);
  }
  chmodSync(folder, 0o755);
  await files.closeToOthers();
  for (const name of [userId, another])
    expect([mode(name), mode(name, "2026-11-30.log"), mode(name, "notes")]).toEqual(["700", "600", "644"]);
  expect([mode(), mode("nginx"), mode("nginx", "2026-11-30.log")]).toEqual(["755", "755", "644"]);
  rmSync(join(folder, "nginx"), { recursive: true });
  await files.closeToOthers();
  expect(mode()).toBe("700");
});

test("where there are no logs yet there is nothing to close", async () => {
  await files.closeToOthers();
  expect(faults).toEqual([]);
});
