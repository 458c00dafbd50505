import type { Services } from "@herald/core";
import { expect, test } from "vitest";
import { restRoutes } from "./rest.ts";

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

/** What the service is asked for by a start with this body. */
async function startedWith(body: unknown) {
  const asked: unknown[] = [];
  const start = async (_: unknown, input: unknown) => {
    asked.push(input);
    throw new Error("asked");
  };
  const services = { bots: { start } } as unknown as Services;
  const context = { services, identify: async () => ({ user, apiKeyId: null }), fault: () => {} };
  const route = restRoutes.find(({ path }) => path === "/api/bot/start");
  await expect(route?.handle(context, body)).rejects.toThrow("asked");
  return asked[0];
}

test.each([undefined, null, {}, { execution_mode: null }])("a start with %j lets the plan decide", async (body) => {
  expect(await startedWith(body)).toEqual({ executionMode: null, totalCycleMinutes: undefined });
});

test("a start asks for the mode that it names", async () => {
  expect(await startedWith({ execution_mode: "starter", total_cycle_minutes: 5 })).toEqual({
    executionMode: "starter",
    totalCycleMinutes: 5,
  });
});
