import { randomBytes } from "node:crypto";
import type { Account } from "@herald/telegram-emulator";
import { PASSWORD, type Person, telethonString } from "@herald/testing/people";
import { type Scene, setScene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import type { Endpoint } from "./endpoints.ts";

/** Somebody whom requests come from. */
export interface Caller {
  name: string;
  /** how often they ask, compared with others: most often those who get furthest */
  weight: number;
  /** the header, null for none */
  authorization(): Promise<string | null>;
  /** what is another's, and not for them, by whose it is */
  marks: ReadonlyMap<string, string>;
  /** Lets them in again, where a request has ended their sign-in or their key. Absent for whoever is never let in. */
  renew?(): Promise<void>;
}

/** Who takes part in a round, and what there is to speak of. */
export interface Cast {
  callers: Caller[];
  /** Ids, names and texts of everybody's that mean something to the engine: most often those that the endpoint is about. */
  wordsFor(endpoint: Endpoint): string[];
  /** session files: one that is known, one that is new, and one that cannot be read */
  files: string[];
  /** what nobody is told, by what it is */
  secrets: Map<string, string>;
}

const PLAN = { type: "ENTERPRISE", maxSessions: 2, maxGroups: 50, expiresAt: null } as const;
/** Means something anywhere. */
const PLAIN_WORDS = [
  "@durov",
  "https://t.me/durov/1",
  "https://t.me/c/1234567890/5",
  "-1001234567890",
  "-42",
  "+AbCdEfGhIjKlMnOp",
  "Europe/Kyiv",
  "UTC",
  "0",
  "1",
  "starter",
  "enterprise",
  "somebody@example.org",
  "a password of somebody",
  "2030-01-01T00:00:00Z",
];

/** So many times as often as any other a word stands where it belongs. */
const AT_HOME = 8;

let casts = 0;

/**
 * Sets the scene anew, with people whom no former request has touched: two users with bots of their own, an admin who is not the
 * stack's, their keys, and those who are not let in.
 */
export async function gather(stack: Stack): Promise<Cast> {
  const { admin } = stack;
  const n = ++casts;
  const one = await setScene(stack, { accounts: 1, groups: 2, plan: PLAN });
  const other = await setScene(stack, { accounts: 1, groups: 2, plan: PLAN });
  const { id } = await admin.api.users.create.mutate({
    email: `scan${n}@example.org`,
    name: `Scan ${n}`,
    password: PASSWORD,
    role: "admin",
  });
  const chief = stack.person(id);
  const expired = await stack.createUser({ ...PLAN, expiresAt: new Date(0).toISOString() });
  const disabled = await stack.createUser(PLAN);
  await admin.api.users.update.mutate({ id: disabled.id, disabled: true });
  const apiHash = randomBytes(16).toString("hex");
  await admin.api.apiPairs.add.mutate({ apiId: 500_000 + n, apiHash, label: `Pair ${n}` });

  const groups = [...(await groupIds(one)), ...(await groupIds(other))];
  const [ofOne, ofOther] = [await marksOf(one, "one user's"), await marksOf(other, "another user's")];
  const both = new Map([...ofOne, ...ofOther]);
  const none = new Map<string, string>();
  const pool = await admin.api.sessions.list.query();
  const pairs = await admin.api.apiPairs.list.query();
  // whoever asks is none of them: a role that changed would change what they may see
  const victims = [await stack.createUser(PLAN), await stack.createUser(PLAN)];
  const accounts = [...one.accounts, ...other.accounts];
  const chats = [...one.groups, ...other.groups];
  const ids: Record<string, string[]> = {
    users: victims.map((person) => person.id),
    sessions: pool.slice(0, 6).map((session) => session.id),
    apiPairs: pairs.slice(-4).map((pair) => pair.id),
    signIns: (await Promise.all([one.user, chief].map(({ api }) => api.signIns.list.query())))
      .flat()
      .map(({ id }) => id),
    groups,
    chats: chats.map((chat) => String(chat.markedId)),
  };
  // asked for before anything of it is changed, ten times at most, and told nowhere else: it is a secret there
  const proofs: Record<string, string[]> = { "twoStep.begin": [PASSWORD] };
  const words = [
    ...PLAIN_WORDS,
    ...Object.values(ids).flat(),
    ...[one, other].map(({ channel }) => `https://t.me/${channel.username}/1`),
    ...chats.map((chat) => `@${chat.username}`),
  ];
  return {
    callers: [
      { name: "nobody", weight: 1, authorization: async () => null, marks: both },
      { name: "a made-up key", weight: 1, authorization: async () => `Bearer hk_${"a".repeat(43)}`, marks: both },
      { name: "a disabled user", weight: 1, authorization: () => bearer(disabled), marks: both },
      byToken("a user", one.user, ofOther),
      byToken("another user", other.user, ofOne),
      await byKey("a user's key", one.user, ofOther),
      byToken("a user whose plan is over", expired, both),
      byToken("an admin", chief, none),
      await byKey("an admin's key", chief, none),
    ],
    wordsFor: ({ name }) => {
      const atHome = ids[name.split(".")[0] ?? ""] ?? [];
      return proofs[name] ?? [...words, ...Array.from({ length: AT_HOME }, () => atHome).flat()];
    },
    files: [
      ...accounts.slice(0, 1).map(telethonString),
      telethonString(stack.emulator.world.account({ phone: `99961${10_000 + n}` })),
      `1${randomBytes(264).toString("base64url")}`,
    ],
    secrets: new Map([
      ...accounts.flatMap(secretsOf),
      [apiHash, "an api_hash"],
      [PASSWORD, "a password"],
      ...environmentSecrets(stack),
    ]),
  };
}

const bearer = async (person: Person) => `Bearer ${await person.token()}`;

/** An admin, to whom nothing is another's, gets furthest. */
const weightOf = (marks: Caller["marks"]): number => (marks.size === 0 ? 6 : 2);

function byToken(name: string, person: Person, marks: Caller["marks"]): Caller {
  return {
    name,
    weight: weightOf(marks),
    authorization: () => bearer(person),
    marks,
    renew: async () => person.signInAgain(),
  };
}

async function byKey(name: string, person: Person, marks: Caller["marks"]): Promise<Caller> {
  const make = async () => (await person.api.users.createApiKey.mutate()).key;
  let key = await make();
  return {
    name,
    weight: weightOf(marks),
    authorization: async () => `Bearer ${key}`,
    marks,
    renew: async () => {
      person.signInAgain();
      key = await make();
    },
  };
}

/** What is told to one user alone, and that nobody else can think of: their address, and a group of theirs. */
async function marksOf({ user }: Scene, whose: string): Promise<Map<string, string>> {
  const canary = `@canary_${randomBytes(8).toString("hex")}`;
  const { groups } = await user.api.groups.add.mutate({ lines: [canary] });
  const { email } = await user.api.users.viewer.query();
  const ids = groups.filter(({ reference }) => reference === canary).map(({ id }) => id);
  return new Map([
    [email, `${whose} e-mail address`],
    ...[canary, ...ids].map((name): [string, string] => [name, `${whose} group`]),
  ]);
}

const groupIds = async ({ user }: Scene) => (await user.api.groups.list.query()).map(({ id }) => id);

/** What an account is opened with, in the ways in which it could be written, and its whole phone number. */
function secretsOf(account: Account): Array<[string, string]> {
  const key = account.authKey();
  const written = [0, 1, 2].flatMap((offset) => {
    const part = key.subarray(offset, offset + 24);
    return [part.toString("base64"), part.toString("base64url")];
  });
  return [
    ...[...written, key.toString("hex").slice(0, 48)].map((text): [string, string] => [text, "an auth key"]),
    [account.phone, "a whole phone number"],
  ];
}

function environmentSecrets(stack: Stack): Array<[string, string]> {
  const { SESSION_KEY = "", ENGINE_JWT_SECRET = "", DATABASE_URL = "" } = stack.environment();
  return [
    [SESSION_KEY, "SESSION_KEY"],
    [Buffer.from(SESSION_KEY, "base64").toString("hex"), "SESSION_KEY"],
    [ENGINE_JWT_SECRET, "ENGINE_JWT_SECRET"],
    [DATABASE_URL, "DATABASE_URL"],
  ];
}
