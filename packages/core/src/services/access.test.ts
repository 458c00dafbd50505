import { expect, test } from "vitest";
import type { ApiKey, SignIn, User } from "../model/domain.ts";
import type { ApiKeyRepository, Hashes, SignInRepository, Transaction } from "../ports/index.ts";
import { aUser } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import { accessService } from "./access.ts";
import type { Dependencies } from "./dependencies.ts";

/** Ada with a key and a sign-in, whose rows a test changes as it likes. */
function ada() {
  const clock = new FakeClock();
  const user: User = aUser({ id: "ada" });
  const key: ApiKey = {
    id: "key",
    userId: "ada",
    name: "API key",
    prefix: "hk_",
    hint: "abcd",
    scopes: ["full"],
    createdAt: clock.now(),
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  };
  const signIn: SignIn = {
    id: "sign-in",
    userId: "ada",
    createdAt: clock.now(),
    lastSeenAt: clock.now(),
    expiresAt: new Date(clock.now().getTime() + 3_600_000),
    endedAt: null,
    userAgent: null,
    address: null,
  };
  const notes: string[] = [];
  const tx = only<Transaction>({
    apiKeys: only<ApiKeyRepository>({
      findByHash: async (hash) => (hash === "sha256 of hk_good" ? { key, user } : null),
      find: async (id) => (id === "key" ? { key, user } : null),
      used: async (id, at) => {
        notes.push(id);
        key.lastUsedAt = at;
      },
    }),
    signIns: only<SignInRepository>({
      find: async (id) => (id === "sign-in" ? { signIn, user } : null),
      seen: async (id, at) => {
        notes.push(id);
        signIn.lastSeenAt = at;
      },
    }),
  });
  const service = accessService(
    only<Dependencies>({
      clock,
      store: { transaction: (work) => work(tx) },
      hashes: only<Hashes>({ sha256: (data) => `sha256 of ${data}` }),
    }),
  );
  return { clock, user, key, signIn, tx, notes, service };
}
const soon = (clock: FakeClock) => new Date(clock.now().getTime() + 1_000);

test("a key and a sign-in let their user in", async () => {
  const { service, user, signIn } = ada();
  expect(await service.byApiKey("hk_good")).toEqual({
    user,
    credential: { kind: "api_key", id: "key", expiresAt: null },
  });
  expect(await service.bySignIn("ada", "sign-in")).toEqual({
    user,
    credential: { kind: "sign_in", id: "sign-in", expiresAt: signIn.expiresAt },
  });
});

test("what is unknown lets nobody in, and a sign-in nobody but whose it is", async () => {
  const { service, notes } = ada();
  expect(await service.byApiKey("hk_bad")).toBeNull();
  expect(await service.bySignIn("ada", "another")).toBeNull();
  expect(await service.bySignIn("bob", "sign-in")).toBeNull();
  expect(notes).toEqual([]);
});

test.each<[string, (of: ReturnType<typeof ada>) => void]>([
  ["their user is disabled", ({ user }) => Object.assign(user, { disabled: true })],
  [
    "they were ended",
    ({ key, signIn, clock }) => {
      key.revokedAt = clock.now();
      signIn.endedAt = clock.now();
    },
  ],
  [
    "their time is over",
    ({ key, signIn, clock }) => {
      key.expiresAt = clock.now();
      signIn.expiresAt = clock.now();
    },
  ],
])("a key and a sign-in let nobody in once %s", async (_what, happens) => {
  const all = ada();
  const { service } = all;
  const signedIn = await service.bySignIn("ada", "sign-in");
  const byKey = await service.byApiKey("hk_good");
  if (signedIn === null || byKey === null) throw new Error("nobody was let in");
  const held = async () => [await service.holds(signedIn), await service.holds(byKey)];
  expect(await held()).toEqual([true, true]);
  happens(all);
  expect([await service.bySignIn("ada", "sign-in"), await service.byApiKey("hk_good")]).toEqual([null, null]);
  expect(await held()).toEqual([false, false]);
});

test("a key and a sign-in hold to the last millisecond", async () => {
  const { service, key, signIn, clock } = ada();
  key.expiresAt = soon(clock);
  signIn.expiresAt = soon(clock);
  await clock.advance(999);
  expect([await service.byApiKey("hk_good"), await service.bySignIn("ada", "sign-in")]).not.toContain(null);
  await clock.advance(1);
  expect([await service.byApiKey("hk_good"), await service.bySignIn("ada", "sign-in")]).toEqual([null, null]);
});

test("who was let in as an admin does not hold as a user", async () => {
  const { service, user } = ada();
  Object.assign(user, { role: "admin" });
  const before = structuredClone([await service.bySignIn("ada", "sign-in"), await service.byApiKey("hk_good")]);
  Object.assign(user, { role: "user" });
  for (const identity of before) expect(identity && (await service.holds(identity))).toBe(false);
});

test("a use is noted once a minute", async () => {
  const { service, clock, notes, key, signIn } = ada();
  const use = () => Promise.all([service.byApiKey("hk_good"), service.bySignIn("ada", "sign-in")]);
  await use();
  // the sign-in was made this moment
  expect([notes, key.lastUsedAt]).toEqual([["key"], clock.now()]);
  await clock.advance(59_999);
  await use();
  expect(notes).toEqual(["key"]);
  await clock.advance(1);
  await use();
  expect([notes, key.lastUsedAt, signIn.lastSeenAt]).toEqual([["key", "key", "sign-in"], clock.now(), clock.now()]);
});

test("a use that cannot be noted keeps nobody out", async () => {
  const { service, tx, clock } = ada();
  const away = () => Promise.reject(new Error("away"));
  Object.assign(tx.apiKeys, { used: away });
  Object.assign(tx.signIns, { seen: away });
  await clock.advance(60_000);
  expect([await service.byApiKey("hk_good"), await service.bySignIn("ada", "sign-in")]).not.toContain(null);
});
