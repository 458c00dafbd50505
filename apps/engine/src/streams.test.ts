import { PASSWORD, type Person } from "@herald/testing/people";
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

/** Who listened is refused. */
const REFUSAL = /event: serialized-error\n.*"unauthenticated"/;
/** Opens an event stream. @returns all that it says, when it has ended */
async function listen(authorization: string): Promise<() => Promise<string>> {
  const { api, request } = stack.caller(async () => authorization);
  // from now on, whenever it begins
  const { eventId } = await api.sync.state.query();
  const input = encodeURIComponent(JSON.stringify({ lastEventId: eventId }));
  const response = await request(`/trpc/sync.events?input=${input}`);
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

const streamOf = async (person: Person) => listen(`Bearer ${await person.token()}`);
/** Somebody on another browser of theirs, and which of their sign-ins that is. */
async function elsewhere({ id }: Person) {
  const there = stack.person(id);
  const current = (await there.api.signIns.list.query()).find(({ isCurrent }) => isCurrent);
  return { there, signInId: current?.id ?? "" };
}
/** An admin besides the first. */
async function anotherAdmin(): Promise<Person> {
  const email = `${crypto.randomUUID()}@example.org`;
  const { id } = await stack.admin.api.users.create.mutate({ email, name: "Other", password: PASSWORD, role: "admin" });
  return stack.person(id);
}
/** Something happens in the pool, of which admins are told. */
const changeThePool = () => someone();

test("the streams of a user who is disabled end", async () => {
  const user = await someone();
  const { key } = await user.api.users.createApiKey.mutate();
  const streams = await Promise.all([listen(`Bearer ${await user.token()}`), listen(`Bearer ${key}`)]);
  await stack.admin.api.users.update.mutate({ id: user.id, disabled: true });
  for (const end of streams) expect(await end()).toMatch(REFUSAL);
});

test("a disabled admin hears nothing more of the pool, nor does their program", async () => {
  const admin = await anotherAdmin();
  const { key } = await admin.api.users.createApiKey.mutate();
  const streams = await Promise.all([streamOf(admin), listen(`Bearer ${key}`)]);
  await stack.admin.api.users.update.mutate({ id: admin.id, disabled: true });
  await changeThePool();
  for (const end of streams) {
    const heard = await end();
    expect(heard).toMatch(REFUSAL);
    expect(heard).not.toContain('"type":"pool"');
  }
});

test.each([
  ["password", { password: "another password" }],
  ["role", { role: "user" }],
] as const)("an admin's streams end with another %s, and tell nothing more of the pool", async (_what, change) => {
  const admin = await anotherAdmin();
  const end = await streamOf(admin);
  await stack.admin.api.users.update.mutate({ id: admin.id, ...change });
  await changeThePool();
  const heard = await end();
  expect(heard).toMatch(REFUSAL);
  expect(heard).not.toContain('"type":"pool"');
});

test("a program's stream ends with the role of its user", async () => {
  const admin = await anotherAdmin();
  const end = await listen(`Bearer ${(await admin.api.users.createApiKey.mutate()).key}`);
  await stack.admin.api.users.update.mutate({ id: admin.id, role: "user" });
  expect(await end()).toMatch(REFUSAL);
});

test("the streams of one sign-in that is ended end, and those of the others go on", async () => {
  const user = await someone();
  const { there, signInId } = await elsewhere(user);
  const [here, ended] = [await streamOf(user), await streamOf(there)];
  await user.api.signIns.end.mutate({ id: signInId });
  expect(await ended()).toMatch(REFUSAL);
  await user.api.signIns.end.mutate({ id: (await elsewhere(user)).signInId });
  await stack.admin.api.users.update.mutate({ id: user.id, disabled: true });
  // what happened after the first was ended was heard here
  expect((await here()).match(/"type":"bot"/g)?.length).toBeGreaterThan(0);
});

test("signing out everywhere else ends the other streams, and with the key its program's", async () => {
  const user = await someone();
  const { key } = await user.api.users.createApiKey.mutate();
  const { there } = await elsewhere(user);
  const [other, program] = [await streamOf(there), await listen(`Bearer ${key}`)];
  await user.api.signIns.endOthers.mutate({});
  expect(await other()).toMatch(REFUSAL);
  expect((await user.api.users.viewer.query()).apiKeyHint).not.toBeNull();
  await user.api.signIns.endOthers.mutate({ apiKey: true });
  expect(await program()).toMatch(REFUSAL);
  expect((await user.api.users.viewer.query()).apiKeyHint).toBeNull();
});

test("the streams of an API key that is revoked end, and its user's own go on", async () => {
  const user = await someone();
  const { key } = await user.api.users.createApiKey.mutate();
  const byKey = await listen(`Bearer ${key}`);
  const own = await listen(`Bearer ${await user.token()}`);
  await user.api.users.revokeApiKey.mutate();
  expect(await byKey()).toMatch(REFUSAL);
  await stack.admin.api.users.update.mutate({ id: user.id, disabled: true });
  expect((await own()).match(/"type":"bot"/g)).not.toBeNull();
});
