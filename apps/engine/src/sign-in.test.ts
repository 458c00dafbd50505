import { SIGN_IN_AUDIENCE, TOKEN_ISSUER } from "@herald/api";
import type { SignInInput, SignInResult } from "@herald/contract";
import { PASSWORD, type Person } from "@herald/testing/people";
import type { Stack } from "@herald/testing/stack";
import { SignJWT } from "jose";
import { generateSync } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";

const PLAN = { type: "STARTER", maxSessions: 1, maxGroups: 1, expiresAt: null } as const;

let stack: Stack;
let engine: Awaited<ReturnType<Stack["startEngine"]>>;
beforeAll(async () => {
  stack = await startStack();
  engine = await stack.startEngine();
});
afterAll(() => stack[Symbol.asyncDispose]());

const token = (audience = SIGN_IN_AUDIENCE, secret = stack.environment().ENGINE_JWT_SECRET ?? "") =>
  new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(stack.admin.id)
    .setIssuer(TOKEN_ISSUER)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime("1 minute")
    .sign(new TextEncoder().encode(secret));

const post = async (body: string, authorization: string | null) =>
  fetch(`${engine.url}/internal/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization === null ? {} : { authorization }) },
    body,
  });

/** As the pages ask. */
async function signIn(input: Partial<SignInInput>): Promise<SignInResult> {
  const whole = { email: "", password: PASSWORD, code: null, address: "192.0.2.1", device: null, ...input };
  const answer = await post(JSON.stringify(whole), `Bearer ${await token()}`);
  expect(answer.status).toBe(200);
  return answer.json() as Promise<SignInResult>;
}

const emailOf = async (person: Person) => (await person.api.users.viewer.query()).email;

test("nobody but the pages may ask, and what lets them ask lets them do nothing else", async () => {
  const asked = JSON.stringify({
    email: "admin@example.org",
    password: PASSWORD,
    code: null,
    address: "",
    device: null,
  });
  const strangers = [
    null,
    "Bearer ",
    `Bearer ${await stack.admin.token()}`,
    `Bearer ${(await stack.admin.api.users.createApiKey.mutate()).key}`,
    `Bearer ${await token(SIGN_IN_AUDIENCE, "another secret of more than 32 characters")}`,
  ];
  for (const authorization of strangers) {
    const answer = await post(asked, authorization);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "unauthenticated" });
  }
  const authorization = `Bearer ${await token()}`;
  expect((await fetch(`${engine.url}/trpc/users.viewer`, { headers: { authorization } })).status).toBe(401);
  const asUser = `Bearer ${await stack.admin.token()}`;
  expect((await fetch(`${engine.url}/trpc/users.viewer`, { headers: { authorization: asUser } })).status).toBe(200);
});

test("sixty guesses at once are sixty: ten are looked at, by all engines together, and a restart forgives none", async () => {
  const email = await emailOf(await stack.createUser(PLAN));
  const address = "192.0.2.60";
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, n) => signIn({ email, address, password: `a guess of mine ${n}` })),
  );
  expect(answers.filter(({ result }) => result === "wrong")).toHaveLength(10);
  expect(answers.filter(({ result }) => result === "slowed")).toHaveLength(50);

  await engine.stop();
  engine = await stack.startEngine("another");
  expect(await signIn({ email, address })).toMatchObject({ result: "slowed" });
  // the owner, from their own place and from their own browser
  expect(await signIn({ email, address: "192.0.2.61" })).toMatchObject({ result: "right" });
  expect(await signIn({ email, address, device: "their-laptop" })).toMatchObject({ result: "right" });
});

test("a password is looked at for who does not exist as long as for who does", async () => {
  const email = await emailOf(await stack.createUser(PLAN));
  const times = async (of: string, address: string) => {
    const all: number[] = [];
    for (let n = 0; n < 8; n++) {
      const start = performance.now();
      expect(await signIn({ email: of, address, password: "a guess of mine" })).toEqual({ result: "wrong" });
      all.push(performance.now() - start);
    }
    return Math.min(...all);
  };
  const [known, unknown] = [await times(email, "192.0.2.70"), await times("nobody@example.org", "192.0.2.71")];
  // argon2 takes tens of milliseconds, all else a few
  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
});

test.each([
  ["no JSON object", "[]"],
  ["nothing", "null"],
  ["no fields", "{}"],
  ["numbers", JSON.stringify({ email: 1, password: 2, code: 3, address: 4, device: 5 })],
  [
    "lists",
    JSON.stringify({ email: ["admin@example.org"], password: [PASSWORD], code: null, address: "", device: null }),
  ],
  ["a NUL", JSON.stringify({ email: "admin@example.org\0", password: "\0", code: null, address: "", device: null })],
  [
    "half a letter",
    JSON.stringify({
      email: "\ud800@example.org",
      password: "\ud800",
      code: "\ud800",
      address: "\ud800",
      device: "\0",
    }),
  ],
  [
    "a password of 50 KB",
    JSON.stringify({ email: "admin@example.org", password: "x".repeat(50_000), code: null, address: "", device: null }),
  ],
])("%s is answered as wrong credentials are", async (_, body) => {
  const answer = await post(body, `Bearer ${await token()}`);
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { result: "wrong" } });
});

test("two-step sign-in, from the first key to an admin who resets it", async () => {
  const ada = await stack.createUser(PLAN);
  const email = await emailOf(ada);
  const { secret } = await ada.api.twoStep.begin.mutate({ password: PASSWORD });
  expect(await signIn({ email })).toMatchObject({ result: "right" });
  const now = Math.floor(Date.now() / 1000);
  const { codes } = await ada.api.twoStep.confirm.mutate({ code: generateSync({ secret, epoch: now }) });
  expect(codes).toHaveLength(10);

  expect(await signIn({ email })).toEqual({ result: "code_needed" });
  // the code that turned it on is used up, and the app's next one is good already
  expect(await signIn({ email, code: generateSync({ secret, epoch: now }) })).toEqual({ result: "code_used" });
  expect(await signIn({ email, code: generateSync({ secret, epoch: now + 30 }) })).toMatchObject({ result: "right" });
  expect(await signIn({ email, code: codes[0] ?? "" })).toMatchObject({ result: "right" });
  expect(await signIn({ email, code: codes[0] ?? "" })).toEqual({ result: "code_used" });
  expect(await ada.api.twoStep.status.query()).toEqual({ on: true, recoveryCodesLeft: 9 });

  await ada.api.twoStep.turnOff.mutate({ password: PASSWORD, code: codes[1] ?? "" });
  expect(await signIn({ email })).toMatchObject({ result: "right" });

  const again = await ada.api.twoStep.begin.mutate({ password: PASSWORD });
  await ada.api.twoStep.confirm.mutate({ code: generateSync({ secret: again.secret }) });
  expect(await signIn({ email })).toEqual({ result: "code_needed" });
  await stack.admin.api.users.resetTwoStep.mutate({ id: ada.id });
  expect(await signIn({ email })).toMatchObject({ result: "right" });
});

test("a password that was changed is the one that signs in", async () => {
  const ada = await stack.createUser(PLAN);
  const email = await emailOf(ada);
  await ada.api.users.changePassword.mutate({ current: PASSWORD, password: "another one of mine" });
  expect(await signIn({ email, password: PASSWORD })).toEqual({ result: "wrong" });
  expect(await signIn({ email, password: "another one of mine" })).toMatchObject({ result: "right" });
  for (const [password, says] of [
    ["short", "at least 12"],
    ["qwerty123456", "Many people"],
    ["herald-herald-1", "close to"],
  ] as const)
    await expect(ada.api.users.changePassword.mutate({ current: "another one of mine", password })).rejects.toThrow(
      says,
    );
});
