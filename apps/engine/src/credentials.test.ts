import { appRouter } from "@herald/api";
import { type Scene, setScene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fingerprint } from "./testing/fingerprint.ts";
import { isMutation, type Procedure, procedures } from "./testing/procedures.ts";
import { routes } from "./testing/routes.ts";
import { saidBy } from "./testing/said.ts";
import { startStack } from "./testing/stack.ts";
import { type Others, readToken, signed, wrongHeaders, wrongKeys, wrongTokens } from "./testing/wrong-credentials.ts";

// Whoever sends anything but a right token or key is let in nowhere, and changes nothing.

const NOBODY = "00000000-0000-7000-8000-000000000000";
const FOR_SIGN_INS = "a token: for the audience of sign-ins";
/** What a token of the pages says. */
const CLAIMS = ["iss", "aud", "sub", "sid", "iat", "exp"];

/** Everything that can be called, by its address. Without an input, for whoever is not let in is not asked for one. */
const cells: Array<[route: string, who: Procedure["who"] | "pages"]> = [
  ...Object.entries<object>(appRouter._def.procedures).map(([path, procedure]): (typeof cells)[number] => [
    `${isMutation(procedure) ? "POST" : "GET"} /trpc/${path}`,
    procedures[path]?.who ?? "user",
  ]),
  ...Object.entries(routes).map(([route, { who }]): (typeof cells)[number] => [route, who]),
];

const wrong = (token: string, key: string, secret: string, of: Others) => ({
  ...Object.fromEntries(
    Object.entries(wrongTokens(token, secret, of)).map(([what, text]) => [`a token: ${what}`, `Bearer ${text}`]),
  ),
  ...Object.fromEntries(Object.entries(wrongKeys(key)).map(([what, text]) => [what, `Bearer ${text}`])),
  ...wrongHeaders(token, key),
});
const example = signed(
  { header: { alg: "HS256" }, payload: Object.fromEntries(CLAIMS.map((claim) => [claim, "x"])) },
  "x",
);
const names = Object.keys(wrong(example, "hk_x", "x", { admin: "", adminSignIn: "", nobody: "" }));

let stack: Stack;
let scene: Scene;
let sql: pg.Pool;
let adminSignIn: unknown;
let before: Record<string, string>;
/** The key of the scene's user. */
let key: string;
/** Keys of the admin that are worth nothing any more. */
let spent: Record<"revoked" | "expired", string>;

const secret = () => stack.environment().ENGINE_JWT_SECRET ?? "";

beforeAll(async () => {
  stack = await startStack();
  await stack.startEngine();
  scene = await setScene(stack, { accounts: 1, groups: 1 });
  sql = new pg.Pool({ connectionString: stack.environment().DATABASE_URL, max: 4 });
  sql.on("error", () => {}); // the database is dropped under it
  key = (await scene.user.api.users.createApiKey.mutate()).key;
  const revoked = (await stack.admin.api.users.createApiKey.mutate()).key;
  const expired = (await stack.admin.api.users.createApiKey.mutate()).key;
  await sql.query("UPDATE api_keys SET expires_at = now() WHERE user_id = $1 AND revoked_at IS NULL", [stack.admin.id]);
  spent = { revoked, expired };
  adminSignIn = readToken(await stack.admin.token()).payload.sid;
  before = await fingerprint(sql);
});
afterAll(async () => {
  await sql.end();
  await stack[Symbol.asyncDispose]();
});

test("a right token is let in, also one that is signed here, with the claims that are spoiled here", async () => {
  const token = await scene.user.token();
  for (const right of [token, signed(readToken(token), secret())])
    expect(
      (
        await saidBy(
          stack.caller(async () => `Bearer ${right}`),
          "GET /api/bot/status",
        )
      ).code,
    ).toBeNull();
  expect(Object.keys(readToken(token).payload).sort()).toEqual([...CLAIMS].sort());
  before = await fingerprint(sql); // that a sign-in was used is noted
});

/** What is not refused as nobody is; and what has changed. */
async function unexpected(authorization: string | null) {
  const caller = stack.caller(async () => authorization);
  const answers = cells.map(async ([route, who]): Promise<string[]> => {
    const { code } = await saidBy(caller, route);
    return code === (who === "anyone" ? null : "unauthenticated") ? [] : [`${route}: ${code ?? "was answered"}`];
  });
  const answered = (await Promise.all(answers)).flat();
  const after = await fingerprint(sql);
  return [
    ...answered,
    ...Object.keys(before)
      .filter((table) => before[table] !== after[table])
      .map((table) => `changed: ${table}`),
  ];
}

describe(`${names.length + 3} wrong credentials at ${cells.length} procedures and routes, ${(names.length + 3) * cells.length} calls`, () => {
  test.each(names)("%s", async (name) => {
    const of = { admin: stack.admin.id, adminSignIn: `${adminSignIn}`, nobody: NOBODY };
    const found = await unexpected(wrong(await scene.user.token(), key, secret(), of)[name] ?? null);
    // it is the right one where the pages ask who signs in, and lets them do nothing else
    const isRight = (line: string) => name === FOR_SIGN_INS && line.startsWith("POST /internal/sign-in");
    expect(found.filter((line) => !isRight(line))).toEqual([]);
    if (name === FOR_SIGN_INS) expect(found.filter(isRight)).toHaveLength(1);
  });

  test("none", async () => expect(await unexpected(null)).toEqual([]));

  test.each(["revoked", "expired"] as const)("an admin's API key that is %s", async (end) => {
    expect(await unexpected(`Bearer ${spent[end]}`)).toEqual([]);
  });
});
