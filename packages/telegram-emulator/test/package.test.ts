import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Layers } from "../src/tl/schemas.ts";
import { RawClient } from "./wire/raw-client.ts";

/** Packing compiles, and installing asks the npm registry for what is not cached. Milliseconds. */
const INSTALL_MS = 180_000;

const root = new URL("../", import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL("../../package.json", root), "utf8")) as {
  packageManager: string;
};

/** A program of somebody who has installed the package. */
const PROGRAM = `
import { type Account, type Emulator, startEmulator, World } from "@herald/telegram-emulator";

const world = new World();
const alice: Account = world.account({ phone: "+99966100001" });
const talk = world.supergroup({ title: "Talk", members: [alice], bannedRights: { embedLinks: true } });
talk.restrict(alice, { sendMessages: true, until: Date.now() + 60_000 });
const emulator: Emulator = await startEmulator({ world });
console.log(emulator.dc, world.accessHash(alice, talk) === talk.accessHash(alice), emulator.record.entries().length);
await emulator.stop();
`;

const TSCONFIG = {
  compilerOptions: {
    module: "nodenext",
    target: "es2024",
    lib: ["es2024"],
    types: ["node"],
    strict: true,
    noEmit: true,
  },
  files: ["program.ts"],
};

/** A folder of somebody else's, with the packed package in it. */
let folder: string;

const run = (command: string, args: string[], cwd: string) => promisify(execFile)(command, args, { cwd });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "emulator-package-"));
  const here = fileURLToPath(root);
  const pnpm = (args: string[], cwd: string) => run("npx", ["--yes", packageManager, ...args], cwd);
  const packed = await pnpm(["pack", "--json", "--pack-destination", folder], here);
  const { filename } = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("{"))) as { filename: string };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const { devDependencies } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  // pnpm's store has the dependencies already: what is left to ask for is their names and versions.
  const wanted = [filename, `@types/node@${devDependencies["@types/node"]}`];
  await pnpm(["add", "--prefer-offline", "--ignore-scripts", ...wanted], folder);
  writeFileSync(join(folder, "program.ts"), PROGRAM);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
}, INSTALL_MS);

afterAll(() => rm(folder, { recursive: true }), INSTALL_MS);

test("a program of somebody else's is checked against its types, and runs", async () => {
  const tsc = fileURLToPath(new URL("node_modules/.bin/tsc", root));
  await run(tsc, ["-p", folder], folder);
  const { stdout } = await run(process.execPath, ["program.ts"], folder);
  expect(stdout).toMatch(/^2:127\.0\.0\.1:\d+ true 0\n$/);
}, 60_000);

test("its command runs by npx, and a client logs in to what it starts", async () => {
  // A group of its own, so that npx and what it starts end together.
  const npx = spawn("npx", ["--no", "telegram-emulator", "--quiet"], { cwd: folder, detached: true, stdio: "pipe" });
  const ended = new Promise((resolve) => npx.once("close", resolve));
  try {
    const { host, port, control, token } = await addresses(npx);
    const created = await fetch(`${control}/accounts`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ phone: "+99966100001" }),
    });
    const { authKey } = (await created.json()) as { authKey: string };
    const codec = new Layers().codec(198);
    if (!codec) throw new Error("layer 198 is missing");
    const client = await RawClient.open({ host, port });
    client.use(Buffer.from(authKey, "base64"));
    expect(await client.init(codec, { _: "updates.getState" })).toMatchObject({ _: "updates.state", pts: 1 });
    client.close();
  } finally {
    if (npx.pid !== undefined) process.kill(-npx.pid, "SIGTERM");
    await ended;
  }
}, 60_000);

/** What the command prints when it is ready. */
async function addresses(process: ChildProcess) {
  const said = new Map<string, string>();
  if (!process.stdout) throw new Error("the process has no output");
  for await (const line of createInterface(process.stdout)) {
    const [, name = "", value = ""] = /^(\w+)(?:=|: )(.*)$/.exec(line) ?? [];
    said.set(name, value);
    const [dc = "", control = "", token] = ["TELEGRAM_DC", "control", "CONTROL_TOKEN"].map((key) => said.get(key));
    const [, host = "", port] = dc.split(":");
    if (token !== undefined) return { host, port: Number(port), control, token };
  }
  throw new Error("the command ended before it was ready");
}
