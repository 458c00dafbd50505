import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Services, withServices } from "@herald/engine/with-services";
import { createTestDatabase } from "@herald/scripts/test-database";
import { readWorldFile, startEmulator } from "@herald/telegram-emulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillDemo } from "./fill.ts";

const world = readWorldFile(fileURLToPath(new URL("../world.yaml", import.meta.url)));
let emulator: Awaited<ReturnType<typeof startEmulator>>;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ world });
  folder = await mkdtemp(join(tmpdir(), "herald-demo-"));
  await writeFile(join(folder, "key.pem"), emulator.rsaPublicKeyPem);
});
afterAll(async () => {
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Works on a database of its own. */
async function inEmptyDatabase(work: (services: Services) => Promise<void>) {
  const database = await createTestDatabase();
  try {
    await withServices(work, {
      DATABASE_URL: database.url,
      ENGINE_JWT_SECRET: randomBytes(32).toString("base64"),
      SESSION_KEY: randomBytes(32).toString("base64"),
      SESSION_STORE: "database",
      LOGS_DIR: join(folder, "logs"),
      LOG_LEVEL: "warn",
      TELEGRAM_DC: emulator.dc,
      TELEGRAM_RSA_PUBLIC_KEY: join(folder, "key.pem"),
    });
  } finally {
    await database.drop();
  }
}

/** What the demo consists of, and how often anything was done to it. */
async function contents({ users, apiPairs, sessions, groups, bots, audit }: Services) {
  const all = await users.list();
  const owner = all.find(({ role }) => role === "user")?.id ?? "";
  return {
    users: all.map(({ email }) => email).sort(),
    pairs: (await apiPairs.list()).map(({ apiId }) => apiId),
    accounts: (await sessions.list()).map(({ username, state }) => `${username} ${state}`).sort(),
    groups: (await groups.list(owner)).length,
    post: (await bots.status(owner)).config.post,
    acts: (await audit.list({ before: null, userId: null, limit: 200 })).entries.map(({ action }) => action).sort(),
  };
}

const filled = {
  users: ["admin@herald.example", "user@herald.example"],
  pairs: [10_001],
  accounts: ["anna", "ben", "cleo", "dario", "elif", "finn"].map((name) => `bakery_${name} unused`),
  groups: 32,
  post: { type: "link", content: "https://t.me/corner_bakery/1" },
  acts: [
    "api_pair.add",
    "bot.configure",
    "groups.add",
    ...Array.from({ length: 6 }, () => "session.add"),
    "user.create",
    "user.create",
  ],
};

test("the demo is filled once, and what somebody makes of it stays", () =>
  inEmptyDatabase(async (services) => {
    await fillDemo(services, world);
    expect(await contents(services)).toEqual(filled);
    await fillDemo(services, world);
    expect(await contents(services)).toEqual(filled);
    const [user] = (await services.users.list()).filter(({ role }) => role === "user");
    const actor = { kind: "user", id: user?.id ?? "", name: "Corner Bakery" } as const;
    await services.groups.remove(actor, [(await services.groups.list(actor.id))[0]?.id ?? ""]);
    await fillDemo(services, world);
    expect((await contents(services)).groups).toBe(31);
  }));

test("the database of somebody else is left alone", () =>
  inEmptyDatabase(async (services) => {
    await services.users.create(
      { kind: "system", name: "test" },
      { email: "me@example.org", name: "Me", password: "a password of mine", role: "admin", plan: null },
    );
    await fillDemo(services, world);
    expect((await services.users.list()).map(({ email }) => email)).toEqual(["me@example.org"]);
  }));

/** Lets `calls` of what changes something through, and breaks at the next. */
function breakingAfter(services: Services, calls: number): Services {
  let left = calls;
  const step =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (left-- <= 0) throw new Error("broken off");
      return call(...args);
    };
  return {
    ...services,
    users: { ...services.users, create: step(services.users.create) },
    apiPairs: { ...services.apiPairs, add: step(services.apiPairs.add) },
    sessions: { ...services.sessions, upload: step(services.sessions.upload) },
    groups: { ...services.groups, add: step(services.groups.add) },
    bots: { ...services.bots, configure: step(services.bots.configure) },
  };
}

test.each([1, 2, 5, 8, 9, 10])("what was broken off after step %i is completed", (steps) =>
  inEmptyDatabase(async (services) => {
    await expect(fillDemo(breakingAfter(services, steps), world)).rejects.toThrow("broken off");
    await fillDemo(services, world);
    expect(await contents(services)).toEqual(filled);
  }),
);
