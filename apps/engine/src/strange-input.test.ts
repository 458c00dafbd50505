// Every field of every input, with what a person would hardly send and a program may: it is never a fault of ours.
import { appRouter } from "@herald/api";
import type { Person } from "@herald/testing/people";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

const ID = "11111111-2222-4333-8444-555555555555";
/** Stand for the ids of what there is. */
const USER = "11111111-2222-4333-8444-00000000000a";
const PAIR = "11111111-2222-4333-8444-00000000000b";
const plan = { type: "STARTER", maxSessions: 1, maxGroups: 1, expiresAt: "2030-01-01T00:00:00Z" };

/** An input that is taken as far as its fields go, of each procedure that has one. */
const examples: Record<string, object> = {
  "bot.start": { executionMode: "starter", totalCycleMinutes: 60 },
  "bot.configure": {
    post: { type: "text", content: "Hello" },
    executionMode: "starter",
    totalCycleMinutes: 60,
    delayBetweenPosts: 5,
    delayBetweenCycles: 60,
    sessionCount: 1,
  },
  "bot.forecast": { post: { type: "link", content: "https://t.me/channel/1" }, totalCycleMinutes: 60 },
  "bot.log": { before: "5", limit: 5 },
  "groups.add": { lines: ["@some_group"] },
  "groups.remove": { ids: [ID] },
  "groups.reactivate": { ids: [ID] },
  "sync.events": { lastEventId: "5" },
  "sessions.remove": { id: ID },
  "sessions.wake": { id: ID },
  "sessions.retry": { id: ID },
  "apiPairs.add": { apiId: 7, apiHash: "0123456789abcdef0123456789abcdef", label: "Seven", capacity: 7 },
  "apiPairs.update": { id: PAIR, label: "Eight", capacity: 8 },
  "apiPairs.remove": { id: ID },
  "chats.update": { id: "-1001234567890", cooldownSeconds: 5, optedOut: true, proof: "They said so.", exactId: true },
  "users.create": { email: "new@example.org", name: "New", password: "long enough to be one", role: "user", plan },
  "users.update": { id: USER, name: "Other", password: "long enough to be one", role: "user", plan, disabled: false },
  "users.setTimeZone": { timeZone: "Europe/Kyiv" },
  "users.stopBot": { id: USER },
  "users.clearBreaker": { id: USER },
  "users.changePassword": { current: "not the one", password: "long enough to be one" },
  "users.resetTwoStep": { id: USER },
  "twoStep.begin": { password: "not the one" },
  "twoStep.confirm": { code: "000000" },
  "twoStep.renewCodes": { password: "not the one", code: "000000" },
  "twoStep.turnOff": { password: "not the one", code: "000000" },
  "signIns.end": { id: ID },
  "signIns.endOthers": { apiKey: false },
  "audit.list": { before: "5", userId: ID, limit: 5 },
};

/** What is refused as it stands: it asks for a password or a code, and has a wrong one. */
const PROVING = /^(users\.changePassword|twoStep\.\w+)$/;

const strange: unknown[] = [
  ...["", "a\0b", "a\ud800b", "a\u202eb", "\u200b", "x".repeat(5_000), "NaN", "u1", "9".repeat(18), "9".repeat(30)],
  ...["0000-01-01T00:00:00Z", "+275760-09-13T00:00:00.000Z", "2026-02-30T00:00:00Z"],
  ...[-1, 0.5, 2 ** 31, 2 ** 53, 1e308, true, null],
  ...[[], [[[[]]]], {}, { a: { b: {} } }],
];

/** The paths of all that an input consists of, itself first. */
const pathsIn = (value: unknown, path: string[] = []): string[][] => [
  path,
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))
    : []),
];

function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

let stack: Stack;
let user: Person;
/** Who is changed. */
let target: Person;
let pairId: string;

beforeAll(async () => {
  stack = await startStack();
  await stack.startEngine();
  const plan = { type: "ENTERPRISE", maxSessions: 1, maxGroups: 5, expiresAt: null } as const;
  [user, target] = [await stack.createUser(plan), await stack.createUser(plan)];
  pairId = (await stack.admin.api.apiPairs.add.mutate({ apiId: 6, apiHash: "f".repeat(32) })).id;
});
afterAll(() => stack[Symbol.asyncDispose]());

const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { type: string; inputs: unknown[] } }
>;
const withInput = Object.keys(procedures).filter((name) => (procedures[name]?._def.inputs.length ?? 0) > 0);

/** The answer's status and, but for a stream, its text. */
async function ask(caller: Person, path: string, body?: string): Promise<{ status: number; text: string }> {
  const answer = await caller.request(
    path,
    body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body },
  );
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
  if (isStream) await answer.body?.cancel();
  return { status: answer.status, text: isStream ? "" : await answer.text() };
}

/** What of the words of a library, or of PostgreSQL, must not be told. */
const LIBRARYS = /prisma|postgres|invoca|syntax|encoding|overflow|22P0|::|Zod|BigInt|at \w+ \(/i;

/** The tries that came to something else than an answer or a refusal in our words. */
async function faults(example: unknown, send: (input: unknown) => ReturnType<typeof ask>) {
  const found: unknown[] = [];
  for (const path of pathsIn(example)) {
    const answers = await Promise.all(strange.map((value) => send(replaced(example, path, value))));
    for (const [index, { status, text }] of answers.entries())
      if (status >= 500 || (status >= 400 && LIBRARYS.test(text)))
        found.push([path.join("."), strange[index], status, text.slice(0, 300)]);
  }
  return found;
}

test("every procedure that takes an input has an example here, and one that is taken", async () => {
  expect(Object.keys(examples).sort()).toEqual(withInput.sort());
});

test.each(withInput)("%s", { timeout: 120_000 }, async (name) => {
  const caller = /^(bot|groups|sync|twoStep)\.|^users\.changePassword$/.test(name) ? user : stack.admin;
  const isMutation = procedures[name]?._def.type === "mutation";
  const send = (input: unknown) => {
    const text = JSON.stringify(input).replaceAll(USER, target.id).replaceAll(PAIR, pairId);
    return isMutation
      ? ask(caller, `/trpc/${name}`, text)
      : ask(caller, `/trpc/${name}?input=${encodeURIComponent(text)}`);
  };
  // else the tries would end at something else than the field that is tried
  if (!PROVING.test(name)) expect((await send(examples[name])).text).not.toContain("invalid_input");
  expect(await faults(examples[name], send)).toEqual([]);
});

test("POST /api/bot/start", { timeout: 120_000 }, async () => {
  const example = { execution_mode: "starter", total_cycle_minutes: 60 };
  const send = (input: unknown) => ask(user, "/api/bot/start", JSON.stringify(input));
  expect(await faults(example, send)).toEqual([]);
});

test("POST /api/sessions/upload", { timeout: 120_000 }, async () => {
  const send = async (input: unknown) => {
    const { name } = Object(input);
    const query = new URLSearchParams({ name: `${name}` }).toString();
    // half a pair cannot be written in an address but by its bytes
    const address = `/api/sessions/upload?${query.replace("%EF%BF%BD", "%ED%A0%80")}`;
    const headers = { "content-type": "application/octet-stream" };
    const answer = await stack.admin.request(address, { method: "POST", headers, body: "no session" });
    return { status: answer.status, text: await answer.text() };
  };
  expect((await send({ name: "a.session" })).status).toBe(200);
  expect((await send({ name: "a\0.session" })).text).toContain("U+0000");
  expect(await faults({ name: "a.session" }, send)).toEqual([]);
});
