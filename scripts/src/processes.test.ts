import { afterEach, expect, test, vi } from "vitest";
import { run, start } from "./processes.ts";

afterEach(() => vi.restoreAllMocks());

const FORGED = 'process.stdout.write("a title\\u2028engine   │ forged\\u001b[2J\\u009b1A\\rover it\\nnext\\n")';
const IS_RULED = /^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u;

test("what a program prints stays on its lines, behind its name, and no terminal obeys it", async () => {
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
  await start({ name: "pages", command: process.execPath, args: ["-e", FORGED] }).ended;
  expect(printed.at(-1)).toBe("pages    │ next");
  for (const line of printed) expect(line).toMatch(/^pages {4}│ /);
  for (const line of printed) expect(line).toMatch(IS_RULED);
  expect(printed.join()).toContain("\\u001b[2J\\u009b1A");
});

test("nor what a command says that has failed", async () => {
  const failed = run({ name: "It", command: process.execPath, args: ["-e", `${FORGED}; process.exitCode = 3`] });
  const message = await failed.then(String, String);
  expect(message).toMatch(/^Error: It failed \(exit code 3\):\n/);
  for (const line of message.split("\n")) expect(line).toMatch(IS_RULED);
  expect(message).toContain("forged\\u001b[2J");
});

test("a program is given its environment, and not ours", async () => {
  const print = ["-e", "console.log(JSON.stringify(process.env))"];
  const command = { name: "printing", command: process.execPath, args: print };
  const { __CF_USER_TEXT_ENCODING, ...given } = JSON.parse(await run({ ...command, env: { ONE: "1" } })); // macOS adds it
  expect(given).toEqual({ ONE: "1" });
  expect(JSON.parse(await run(command))).toMatchObject({ VITEST: "true" });
});
