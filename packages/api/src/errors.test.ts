import { HeraldError, type Services } from "@herald/core";
import { expect, test } from "vitest";
import type { Context } from "./context.ts";
import { toErrorDto } from "./errors.ts";
import { restError } from "./rest.ts";
import { appRouter } from "./router.ts";

/** Calls with a context in which only what a test needs is real: whatever else were asked would throw. */
const caller = (context: Partial<Context>) => {
  const faults: unknown[] = [];
  const services = new Proxy(
    {},
    { get: () => new Proxy({}, { get: () => () => Promise.reject(new Error("secret 42")) }) },
  );
  const api = appRouter.createCaller({
    services: services as Services,
    identify: async () => null,
    fault: (error) => faults.push(error),
    ...context,
  });
  return { api, faults };
};

const user = {
  id: "u1",
  email: "u@example.org",
  name: "U",
  role: "user",
  plan: null,
  disabled: false,
  timeZone: "UTC",
  createdAt: new Date(0),
} as const;
const identify = async () => ({ user, apiKeyId: null });

test("a database that is away is 503, also while it is asked who calls", async () => {
  const { api } = caller({
    identify: () => Promise.reject(new HeraldError("database_unavailable", "The database cannot be reached.")),
  });
  await expect(api.bot.status()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
});

test("who does not say who they are is refused before anything is asked", async () => {
  const { api, faults } = caller({});
  await expect(api.bot.start({})).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(api.sessions.list()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(faults).toEqual([]);
});

test("a user is kept from what is an admin's", async () => {
  const { api, faults } = caller({ identify });
  await expect(api.users.list()).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(api.chats.list()).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(faults).toEqual([]);
});

test("a fault of ours is written down, and its words are not shown", async () => {
  const { api, faults } = caller({ identify });
  await expect(api.bot.status()).rejects.toMatchObject({ code: "INTERNAL_SERVER_ERROR" });
  expect(faults).toHaveLength(1);
  expect(JSON.stringify([toErrorDto(faults[0]), restError(faults[0])])).not.toContain("secret 42");
  expect(restError(faults[0])).toMatchObject({ status: 500, body: { code: "internal" } });
});
