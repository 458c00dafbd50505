import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.startEngine();
});
afterAll(() => stack[Symbol.asyncDispose]());

const someone = () => stack.createUser({ type: "ENTERPRISE", maxSessions: 1, maxGroups: 1, expiresAt: null });

/** Opens an event stream. @returns all that it says, when it has ended */
async function listen(authorization: string): Promise<() => Promise<string>> {
  const { request } = stack.caller(async () => authorization);
  const response = await request("/trpc/sync.events");
  if (response.body === null) throw new Error("there is no stream");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let heard = (await reader.read()).value ?? "";
  return async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return heard;
      heard += value;
    }
  };
}

test("the streams of a user who is disabled end", async () => {
  const user = await someone();
  const { key } = await user.api.users.createApiKey.mutate();
  const streams = await Promise.all([listen(`Bearer ${await user.token()}`), listen(`Bearer ${key}`)]);
  await stack.admin.api.users.update.mutate({ id: user.id, disabled: true });
  for (const end of streams) expect(await end()).toMatch(/event: serialized-error\n.*"unauthenticated"/);
});

test("the streams of an API key that is revoked end, and its user's own go on", async () => {
  const user = await someone();
  const { key } = await user.api.users.createApiKey.mutate();
  const byKey = await listen(`Bearer ${key}`);
  const own = await listen(`Bearer ${await user.token()}`);
  await user.api.users.revokeApiKey.mutate();
  expect(await byKey()).toMatch(/event: serialized-error\n.*"unauthenticated"/);
  await stack.admin.api.users.update.mutate({ id: user.id, disabled: true });
  expect((await own()).match(/"type":"bot"/g)).not.toBeNull();
});
