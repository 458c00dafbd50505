// What the engine takes from outside, up to its limits and not beyond, with the words that a person gets.
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import {
  ApiPairAddInput,
  ApiPairUpdateInput,
  AuditListInput,
  BotConfigureInput,
  BotStartInput,
  ChatUpdateInput,
  GroupsAddInput,
  GroupsRemoveInput,
  LogInput,
  modeOf,
  Plan,
  RestStartBody,
  SessionUploadQuery,
  UserCreateInput,
  UserUpdateInput,
} from "./index.ts";

const hash = "0123456789abcdef0123456789ABCDEF";
const pair = { apiId: 1, apiHash: hash };
const plan = { type: "STARTER", maxSessions: 1, maxGroups: 1, expiresAt: null };
const user = { email: "Ann@Example.ORG", name: "Ann", password: "four words of mine" };
const long = (length: number) => "x".repeat(length);
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

const configure = BotConfigureInput.shape;
const page = AuditListInput.unwrap().shape;
const ANY = /./;
const NO_HASH = "The api_hash has 32 hexadecimal digits: copy it from my.telegram.org.";
const NO_ENTRY = "`before` is the id of an audit entry.";
const NO_NAME = "Give a name.";
const SHORT = "A password has at least 12 characters.";
/** Of so many characters, and no two neighbours alike. */
const password = (length: number) => "0123456789abcdefghijklmnopqrstuvwxyz".repeat(4).slice(-length);

/** Values that are taken as they stand, and others with the reason why not. */
const inputs: Array<[what: string, z.ZodType, taken: unknown[], refused: Array<[unknown, string | RegExp]>]> = [
  ["a start", BotStartInput, [{}, { executionMode: null }, { executionMode: "x", totalCycleMinutes: -1 }], [[[], ANY]]],
  [
    "a start by REST",
    RestStartBody,
    [undefined, null, {}, { execution_mode: null }],
    [
      [[], ANY],
      ["x", ANY],
    ],
  ],
  ["settings", BotConfigureInput, [{}, { delayBetweenPosts: 5 }], [[null, ANY]]],
  ["a post", configure.post, [null, { type: "text", content: "Hello" }], [[{ type: "photo", content: "x" }, ANY]]],
  ["a mode", configure.executionMode, [null, "starter", "enterprise"], [["x", ANY]]],
  [
    "a cycle's minutes",
    configure.totalCycleMinutes,
    [1, 10_080],
    [
      [0, "Starter mode requires total_cycle_minutes > 0"],
      [1.5, "Give whole minutes."],
      [10_081, "A cycle lasts at most 7 days."],
    ],
  ],
  [
    "seconds between posts",
    configure.delayBetweenPosts,
    [0, 3600],
    [
      [-1, ANY],
      [0.5, "Give whole seconds."],
      [3601, "At most an hour between posts."],
    ],
  ],
  [
    "seconds between cycles",
    configure.delayBetweenCycles,
    [1, 604_800],
    [
      [0, ANY],
      [1.5, "Give whole seconds."],
      [604_801, "At most 7 days between cycles."],
    ],
  ],
  [
    "a bot's accounts",
    configure.sessionCount,
    [null, 1, 500],
    [
      [0, "At least one account."],
      [1.5, ANY],
      [501, ANY],
    ],
  ],
  [
    "pasted groups",
    GroupsAddInput.shape.lines,
    [["@shop"], [long(200)], many(5000, "")],
    [
      [[], "Paste at least one group."],
      [[long(201)], "A line has at most 200 characters."],
      [many(5001, ""), "Paste at most 5,000 groups at a time."],
    ],
  ],
  [
    "chosen groups",
    GroupsRemoveInput.shape.ids,
    [["1"], many(5000, "1")],
    [
      [[], ANY],
      [many(5001, "1"), ANY],
    ],
  ],
  [
    "lines of a log",
    LogInput.shape.limit,
    [1, 500],
    [
      [0, ANY],
      [501, ANY],
      [1.5, ANY],
    ],
  ],
  [
    "entries of the audit",
    page.limit,
    [1, 200],
    [
      [0, ANY],
      [201, ANY],
      [1.5, ANY],
    ],
  ],
  [
    "an entry of the audit",
    page.before,
    [null, "0", "9".repeat(18)],
    ["", "x1", "1x", "9".repeat(19)].map((id) => [id, NO_ENTRY]),
  ],
  ["the audit's tenant", page.userId, [null, "11111111-2222-4333-8444-555555555555"], [["u1", ANY]]],
  [
    "a cool-down",
    ChatUpdateInput.shape.cooldownSeconds,
    [null, undefined, 0, 604_800],
    [
      [-1, "At least 0 seconds."],
      [0.5, "Give whole seconds."],
      [604_801, "At most 7 days."],
    ],
  ],
  [
    "a proof",
    ChatUpdateInput.shape.proof,
    [null, undefined, "", long(2000)],
    [[long(2001), "At most 2,000 characters."]],
  ],
  [
    "a file's name",
    SessionUploadQuery.shape.name,
    ["a", long(200)],
    [
      [undefined, /^Say the file’s name/],
      [["a", "b"], /^Say the file’s name/],
      ["", "The file has no name."],
      [long(201), "A file’s name has at most 200 characters."],
    ],
  ],
  [
    "an api_id",
    ApiPairAddInput.shape.apiId,
    [1, 2_147_483_647],
    [
      [0, "The api_id is a positive number."],
      ["1", "The api_id is a number."],
      [1.5, ANY],
      [2_147_483_648, ANY],
    ],
  ],
  [
    "an api_hash",
    ApiPairAddInput.shape.apiHash,
    [hash],
    ["", `${hash}0`, hash.slice(1), hash.replace("0", "g")].map((text) => [text, NO_HASH]),
  ],
  ["a pair's label", ApiPairAddInput.shape.label, [undefined, "", long(60)], [[long(61), ANY]]],
  [
    "a pair's seats",
    ApiPairAddInput.shape.capacity,
    [1, 100],
    [
      [0, ANY],
      [1.5, ANY],
      [101, ANY],
    ],
  ],
  ["a pair's new label", ApiPairUpdateInput.shape.label, [undefined, "", long(60)], [[long(61), ANY]]],
  [
    "a pair's new seats",
    ApiPairUpdateInput.shape.capacity,
    [undefined, 1, 100],
    [
      [0, ANY],
      [1.5, ANY],
      [101, ANY],
    ],
  ],
  [
    "a name",
    UserCreateInput.shape.name,
    ["A", long(80)],
    [
      ["", NO_NAME],
      [" ", NO_NAME],
      [long(81), ANY],
    ],
  ],
  [
    "a new name",
    UserUpdateInput.shape.name,
    [undefined, "A", long(80)],
    [
      [" ", NO_NAME],
      [long(81), ANY],
    ],
  ],
  [
    "a password",
    UserCreateInput.shape.password,
    [password(12), password(128)],
    [
      [password(11), SHORT],
      [password(129), ANY],
    ],
  ],
  ["a new password", UserUpdateInput.shape.password, [undefined, password(12)], [[password(11), SHORT]]],
  ["a role", UserCreateInput.shape.role, ["user", "admin"], [["owner", ANY]]],
  [
    "an address",
    UserCreateInput.shape.email,
    ["a@example.org"],
    [
      ["a", "Give an e-mail address."],
      [`a@${"b.".repeat(126)}org`, ANY],
    ],
  ],
  [
    "a plan",
    UserCreateInput.shape.plan,
    [null, plan, { ...plan, type: "ENTERPRISE" }],
    [[{ ...plan, type: "X" }, ANY]],
  ],
  [
    "a plan's accounts",
    Plan.shape.maxSessions,
    [1, 500],
    [
      [0, "At least one account."],
      [1.5, ANY],
      [501, ANY],
    ],
  ],
  [
    "a plan's groups",
    Plan.shape.maxGroups,
    [1, 5000],
    [
      [0, "At least one group."],
      [1.5, ANY],
      [5001, ANY],
    ],
  ],
  ["a plan's end", Plan.shape.expiresAt, [null, "2026-05-03T10:00:00Z"], [["tomorrow", ANY]]],
];

describe.each(inputs)("%s", (_what, schema, taken, refused) => {
  test("is taken up to its limits, as it stands", () => {
    for (const value of taken) expect(schema.parse(value)).toEqual(value);
  });

  test("is refused beyond them, with the reason", () => {
    for (const [value, reason] of refused) expect(schema.safeParse(value).error?.issues[0]?.message).toMatch(reason);
  });
});

test("what is left out has its usual value", () => {
  expect(BotStartInput.parse(undefined)).toEqual({});
  expect(LogInput.parse({})).toEqual({ before: null, limit: 100 });
  expect(AuditListInput.parse(undefined)).toEqual({ before: null, userId: null, limit: 50 });
  expect(ApiPairAddInput.parse(pair)).toEqual({ ...pair, capacity: 7 });
  expect(UserCreateInput.parse(user)).toEqual({ ...user, email: "ann@example.org", role: "user", plan: null });
});

test("blanks round names, labels, hashes and words are left out", () => {
  expect(UserCreateInput.parse({ ...user, name: " Ann " }).name).toBe("Ann");
  expect(UserUpdateInput.parse({ id: "u1", name: " Ann " }).name).toBe("Ann");
  const added = ApiPairAddInput.parse({ ...pair, apiHash: ` ${hash}\n`, label: " a " });
  expect([added.apiHash, added.label]).toEqual([hash, "a"]);
  expect(ApiPairUpdateInput.parse({ id: "p1", label: " a " }).label).toBe("a");
  expect(ChatUpdateInput.parse({ id: "-42", proof: " they said so " }).proof).toBe("they said so");
});

test.each([
  ["starter", "ENTERPRISE", "starter"],
  ["enterprise", "STARTER", "enterprise"],
  [null, "STARTER", "starter"],
  [undefined, "STARTER", "starter"],
  [null, "ENTERPRISE", "enterprise"],
  [null, null, "enterprise"],
  [undefined, undefined, "enterprise"],
] as const)("the mode %s chosen under the plan %s comes to %s", (chosen, plan, mode) => {
  expect(modeOf(chosen, plan)).toBe(mode);
});
