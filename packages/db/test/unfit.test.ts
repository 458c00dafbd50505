// What the edge should have refused, and PostgreSQL does: in our words, and with what it said kept apart for the log.
import { randomUUID } from "node:crypto";
import { HeraldError, type Transaction } from "@herald/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof openWorld>>;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ada = { name: "Ada", email: "ada@example.org", passwordHash: "x", role: "user", plan: null } as const;
const plan = { type: "STARTER", maxSessions: 1, maxGroups: 1, expiresAt: null } as const;

test.each<[string, (tx: Transaction) => Promise<unknown>]>([
  ["a text with a NUL", (tx) => tx.users.create({ ...ada, name: "A\0da" })],
  ["a NUL to look for", (tx) => tx.apiKeys.findByHash("a\0b")],
  ["the year 0", (tx) => tx.users.create({ ...ada, plan: { ...plan, expiresAt: "0000-01-01T00:00:00Z" } })],
  ["an integer out of range", (tx) => tx.users.create({ ...ada, plan: { ...plan, maxGroups: 2 ** 31 } })],
  ["a bigint out of range", (tx) => tx.chats.exists("9".repeat(30))],
  ["what is no UUID", (tx) => tx.bots.lock("not-a-uuid")],
])("%s is refused as input, and the library's words stay behind", async (_what, work) => {
  const error = await world.store.transaction(work).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HeraldError)) throw error ?? new Error("it was taken");
  expect([error.code, error.message]).toEqual([
    "invalid_input",
    "There is a value in it that cannot be stored. Nothing was changed.",
  ]);
  expect(error.cause).toBeInstanceOf(Error);
});

test.each(["u1", "", randomUUID()])("a user %j that there is not has no bot to be changed", async (id) => {
  await expect(world.store.transaction((tx) => tx.bots.lockOfUser(id))).rejects.toMatchObject({ code: "not_found" });
});
