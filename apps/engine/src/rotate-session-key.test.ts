import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { telethonString } from "@herald/testing/people";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createParts, type Parts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { startStack } from "./testing/stack.ts";
import { withServices } from "./with-services.ts";

const system = { kind: "system", name: "tests" } as const;
const COMMAND = fileURLToPath(new URL("rotate-session-key.ts", import.meta.url));

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

const newKey = () => randomBytes(32).toString("base64");
const start = (env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, [COMMAND], { env, stdio: ["ignore", "pipe", "pipe"] });

async function rotate(env: NodeJS.ProcessEnv) {
  const child = start(env);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

test("what the former key sealed is sealed anew, once; without that key it is named and stays as it was", async () => {
  const former = stack.environment("rotation");
  await withServices(async (services) => {
    await services.apiPairs.add(system, { apiId: 1234, apiHash: "0".repeat(32), label: "", capacity: 7 });
    const account = stack.emulator.world.account({ phone: "+99969000001" });
    const content = Buffer.from(telethonString(account));
    expect(await services.sessions.upload(system, { name: "a.txt", content })).toMatchObject({ checked: true });
  }, former);
  const SESSION_KEY = newKey();

  const keyless = await rotate({ ...former, SESSION_KEY });
  expect(keyless).toMatchObject({ code: 1, stdout: expect.stringContaining("0 sealed") });
  expect(keyless.stderr.match(/sealed with the key [0-9a-f]{8}, which is neither/g)).toHaveLength(2);
  expect(keyless.stderr).not.toContain(former.SESSION_KEY);

  const both = { ...former, SESSION_KEY, SESSION_KEYS_OLD: ` ${former.SESSION_KEY} ,` };
  expect(await rotate(both)).toMatchObject({ code: 0, stdout: expect.stringContaining("2 sealed with") });
  for (const env of [both, { ...former, SESSION_KEY }])
    expect(await rotate(env)).toMatchObject({ code: 0, stdout: expect.stringContaining("0 sealed with") });
});

test("while an engine runs that does not know the new key nothing is sealed with it", async () => {
  await using own = await startStack();
  const former: Record<string, string> = own.environment("rotation");
  await withServices(
    ({ apiPairs }) => apiPairs.add(system, { apiId: 1234, apiHash: "0".repeat(32), label: "", capacity: 7 }),
    former,
  );
  const SESSION_KEY = newKey();
  const both = { ...former, SESSION_KEY, SESSION_KEYS_OLD: former.SESSION_KEY ?? "" };
  const knows = await own.startEngine("knows", { SESSION_KEYS_OLD: SESSION_KEY });
  const behind = await own.startEngine("behind");
  const refused = await rotate(both);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("Nothing was changed: of the engines that run, behind cannot open");
  await behind.stop();
  expect(await rotate(both)).toMatchObject({ code: 0, stdout: expect.stringContaining("1 sealed with") });
  await knows.stop();
});

const SESSIONS = 60;
const PAIRS = 10;
const secret = { dcId: 2, host: null, port: null, authKey: new Uint8Array(256).fill(7) };

/** The parts of an engine that is started with these settings. */
async function partsOf(env: NodeJS.ProcessEnv): Promise<Parts> {
  const parts = await createParts(readEnvironment(env));
  onTestFinished(() => parts.database.close());
  return parts;
}

/** As an upload enters it, but for the trial with Telegram. */
async function enter({ dependencies: { store, sessionFiles } }: Parts): Promise<string> {
  const id = randomUUID();
  const fingerprint = randomBytes(32).toString("hex");
  await sessionFiles.put(id, secret);
  await store.transaction((tx) =>
    tx.sessions.add({ id, label: id, fileName: "a.session", fingerprint, reason: "it is new", code: "NEW" }),
  );
  await sessionFiles.settle(id);
  return id;
}

test.each(["folder", "database"])(
  "killed in the middle and run again it is whole, and each session in the %s opens all the time",
  async (SESSION_STORE) => {
    await using own = await startStack();
    const former: Record<string, string> = { ...own.environment("rotation"), SESSION_STORE };
    const before = await partsOf(former);
    const ids: string[] = [];
    for (let count = 0; count < SESSIONS; count += 1) ids.push(await enter(before));
    const pairIds = await before.dependencies.store.transaction(async (tx) => {
      for (let apiId = 1; apiId <= PAIRS; apiId += 1)
        await tx.apiPairs.add({ apiId, apiHash: `${apiId}`.padStart(32, "0"), label: null, capacity: 7 });
      return (await tx.apiPairs.list()).map(({ id }) => id);
    });
    const environment = { ...former, SESSION_KEY: newKey(), SESSION_KEYS_OLD: former.SESSION_KEY ?? "" };
    const engine = await partsOf(environment);
    const alone = await partsOf({ ...environment, SESSION_KEYS_OLD: "" });

    /** What engines do with sessions and pairs meanwhile: each opens, before and after its file is moved. */
    let isOver = false;
    const user = randomUUID();
    const atWork = async () => {
      const { store, sessionFiles } = engine.dependencies;
      for (let place: "assigned" | "unused" = "assigned"; !isOver; place = place === "unused" ? "assigned" : "unused") {
        for (const id of ids) {
          expect((await sessionFiles.read(id)).authKey).toHaveLength(256);
          await sessionFiles.move(id, place, place === "assigned" ? user : null);
          expect((await sessionFiles.read(id)).authKey).toHaveLength(256);
        }
        for (const id of pairIds) expect(await store.transaction((tx) => tx.apiPairs.credentials(id))).not.toBeNull();
        ids.push(await enter(engine));
        const gone = ids.shift() ?? "";
        await sessionFiles.unsettle(gone);
        await store.transaction((tx) => tx.sessions.remove(gone));
        await sessionFiles.remove(gone);
      }
    };
    const work = atWork();
    const opened = async (parts: Parts) => {
      const all = await Promise.allSettled(ids.map((id) => parts.dependencies.sessionFiles.read(id)));
      return all.filter(({ status }) => status === "fulfilled").length;
    };

    const first = start(environment);
    let said = "";
    first.stdout.setEncoding("utf8").on("data", (more: string) => {
      said += more;
      if (said.includes("looked at") && Number(/(\d+) of \d+ looked at\n$/.exec(said)?.[1]) > SESSIONS / 2)
        first.kill("SIGKILL");
    });
    await once(first, "close");
    expect(first.signalCode).toBe("SIGKILL");
    expect(said).not.toContain("sealed with");

    const half = await opened(alone);
    expect(half).toBeGreaterThan(SESSIONS / 4);
    expect(half).toBeLessThan(ids.length);

    const second = await rotate(environment);
    isOver = true;
    await work;
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(second.stdout).toContain("Nothing needs SESSION_KEYS_OLD any more.");
    const [, resealed, current] = /(\d+) sealed with SESSION_KEY now, (\d+) before/.exec(second.stdout) ?? [];
    expect([Number(resealed), Number(current)]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(Number(resealed)).toBeGreaterThan(0);
    expect(Number(current)).toBeGreaterThanOrEqual(PAIRS);

    expect(await opened(alone)).toBe(ids.length);
    for (const id of pairIds)
      expect(await alone.dependencies.store.transaction((tx) => tx.apiPairs.credentials(id))).not.toBeNull();
    expect(await rotate({ ...environment, SESSION_KEYS_OLD: "" })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("0 sealed with SESSION_KEY now"),
    });
  },
);
