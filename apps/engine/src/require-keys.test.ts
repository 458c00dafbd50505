import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { eventually, setScene } from "@herald/testing/scene";
import { expect, onTestFinished, test } from "vitest";
import { createParts } from "./container.ts";
import { readEnvironment } from "./env.ts";
import { engine, startStack } from "./testing/stack.ts";
import { withServices } from "./with-services.ts";

const newKey = () => randomBytes(32).toString("base64");
const idOf = (key = "") => createHash("sha256").update(Buffer.from(key, "base64")).digest("hex").slice(0, 8);

/** A stack with an account and an API pair, whose user's bot waits for its next cycle while no engine is at work. */
async function standingStill() {
  const stack = await startStack();
  onTestFinished(() => stack[Symbol.asyncDispose]());
  const engine = await stack.startEngine("one");
  const { user } = await setScene(stack, { accounts: 1, groups: 1, delayBetweenCycles: 3600 });
  await user.api.bot.start.mutate({});
  await eventually(async () => (await user.api.bot.status.query()).nextCycleAt !== null);
  await engine.stop();
  const environment: Record<string, string> = stack.environment("one");
  const parts = await createParts(readEnvironment(environment));
  onTestFinished(() => parts.database.close());
  const bot = () => parts.dependencies.store.transaction((tx) => tx.bots.lockOfUser(user.id));
  const sessions = () => parts.dependencies.store.transaction((tx) => tx.sessions.list());
  return { stack, environment, bot, sessions };
}

test("an engine with another key is refused before it changes anything, and says what to do; so is a command", async () => {
  const { environment, bot } = await standingStill();
  const other = { ...environment, SESSION_KEY: newKey() };
  const before = await bot();
  const why = await engine.start(other).then(
    () => "it started",
    (error: unknown) => String(error),
  );
  expect(why).toContain(
    `1 session file and 1 API pair sealed with the key ${idOf(environment.SESSION_KEY)}, which is neither`,
  );
  expect(why).toContain("SESSION_KEYS_OLD");
  expect(why).not.toContain(environment.SESSION_KEY);
  expect(why).not.toContain(other.SESSION_KEY);
  expect(why).not.toContain("demo");
  await expect(withServices(async () => "done", { ...other, DEMO: "1" })).rejects.toThrow(
    /demo can as well begin anew/,
  );
  // as a process, whose end a launcher sees
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, [engine.program], { env: other }, (error, _, stderr) =>
      resolve({ code: error?.code, stderr }),
    ),
  );
  expect(code).toBe(1);
  expect(stderr).toContain("SESSION_KEY does not open all that is stored");
  // whoever boots alone stops every bot
  expect(before.status).toBe("running");
  expect(await bot()).toEqual(before);
});

test("with the key among the old ones, or given up as lost, it starts", async () => {
  const { stack, environment } = await standingStill();
  const SESSION_KEY = newKey();
  for (const more of [
    { SESSION_KEYS_OLD: environment.SESSION_KEY ?? "" },
    { SESSION_KEYS_LOST: `ffffffff,${idOf(environment.SESSION_KEY)}` },
  ])
    await (await stack.startEngine("one", { SESSION_KEY, ...more })).stop();
  const lost = { ...environment, SESSION_KEY, SESSION_KEYS_LOST: "ffffffff" };
  await expect(engine.start(lost)).rejects.toThrow(
    `SESSION_KEYS_LOST=ffffffff,${idOf(environment.SESSION_KEY)} starts`,
  );
});

test("a file that is damaged or missing keeps no engine from starting", async () => {
  const { stack, environment, sessions } = await standingStill();
  for (const { id, userId } of await sessions()) {
    const path = `${environment.SESSIONS_DIR}/assigned/${userId}/${id}.session`;
    rmSync(path);
    writeFileSync(path, Buffer.alloc(400), { mode: 0o600 });
  }
  await (await stack.startEngine("one")).stop();
  for (const { id, userId } of await sessions()) rmSync(`${environment.SESSIONS_DIR}/assigned/${userId}/${id}.session`);
  await (await stack.startEngine("one")).stop();
});

test("an empty database starts with any key", async () => {
  const stack = await startStack();
  onTestFinished(() => stack[Symbol.asyncDispose]());
  await (await stack.startEngine("one", { SESSION_KEY: newKey() })).stop();
});
