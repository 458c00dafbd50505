import { expect, test } from "vitest";
import { openSignIn } from "../access/open-sign-in.ts";
import type { Person } from "../model/actor.ts";
import type { AuditEntry } from "../model/audit.ts";
import type { SignIn } from "../model/domain.ts";
import type { ApiKeyRepository, SignInRepository, Transaction, UserRepository, Views } from "../ports/index.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import type { Dependencies } from "./dependencies.ts";
import { signInsService } from "./sign-ins.ts";

const acting = (id: string): Person => ({ kind: "user", id, name: id });

/** Sign-ins of whoever has the password, and the service over them. */
function scene() {
  const clock = new FakeClock();
  const rows: SignIn[] = [];
  const audited: AuditEntry[] = [];
  const changes: string[] = [];
  const revoked: string[] = [];
  const tx = only<Transaction>({
    users: only<UserRepository>({ lockForSignIn: async (_id, hash) => hash === "the hash" }),
    apiKeys: only<ApiKeyRepository>({
      revokeAll: async (userId) => {
        revoked.push(userId);
        return [];
      },
    }),
    signIns: only<SignInRepository>({
      add: async ({ at, ...row }) => {
        const made = { ...row, id: `${row.userId} ${rows.length + 1}`, createdAt: at, lastSeenAt: at, endedAt: null };
        rows.push(made);
        return made;
      },
      end: async ({ userId, only, except }, at) => {
        const ended = rows.filter(
          (row) => row.userId === userId && row.endedAt === null && row.id !== except && row.id === (only ?? row.id),
        );
        for (const row of ended) row.endedAt = at;
        return ended;
      },
    }),
    audit: async (entry) => void audited.push(entry),
    changed: async (userId, what) => void changes.push(`${what} of ${userId}`),
  });
  const service = signInsService(
    only<Dependencies>({
      clock,
      store: { transaction: (work) => work(tx) },
      views: only<Views>({
        signIns: async (userId) =>
          rows
            .filter((row) => row.userId === userId)
            .map(({ id, userAgent, address }) => ({
              id,
              createdAt: "",
              lastSeenAt: "",
              expiresAt: "",
              userAgent,
              address,
            })),
      }),
    }),
  );
  const open = (id: string, passwordHash = "the hash") =>
    openSignIn(tx, {
      user: { id, name: id },
      passwordHash,
      at: clock.now(),
      userAgent: "A browser",
      address: "192.0.2.1",
    });
  return { clock, rows, audited, changes, revoked, service, open };
}
const live = (rows: SignIn[]) => rows.filter(({ endedAt }) => endedAt === null).map(({ id }) => id);

test("a sign-in lasts seven days, and stands in the audit with where it came from", async () => {
  const { clock, rows, audited, open } = scene();
  expect(await open("ada")).toBe("ada 1");
  expect(rows).toMatchObject([{ createdAt: clock.now(), expiresAt: new Date(clock.now().getTime() + 7 * 86_400_000) }]);
  expect(audited).toEqual([
    {
      actor: { kind: "user", id: "ada", name: "ada" },
      action: "sign_in.create",
      target: { kind: "user", id: "ada" },
      userId: "ada",
      before: null,
      after: { signIn: "ada 1", userAgent: "A browser", address: "192.0.2.1" },
    },
  ]);
});

test("whose password is another by now is not signed in", async () => {
  const { rows, audited, open } = scene();
  expect(await open("ada", "the hash of before")).toBeNull();
  expect([rows, audited]).toEqual([[], []]);
});

test("a person sees their own sign-ins, and which of them they use", async () => {
  const { service, open } = scene();
  for (const id of ["ada", "bob", "ada"]) await open(id);
  expect((await service.list("ada", "ada 3")).map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
    ["ada 3", true],
    ["ada 1", false],
  ]);
});

test("a person ends one of their own, once, and none of another's", async () => {
  const { service, open, rows, audited, changes } = scene();
  for (const id of ["ada", "ada", "bob"]) await open(id);
  audited.length = 0;
  await expect(service.end(acting("ada"), "bob 3")).rejects.toMatchObject({ code: "not_found" });
  expect([live(rows), audited, changes]).toEqual([["ada 1", "ada 2", "bob 3"], [], []]);
  expect(await service.end(acting("ada"), "ada 1")).toEqual({ ended: 1 });
  expect([live(rows), changes]).toEqual([["ada 2", "bob 3"], ["bot of ada"]]);
  expect(audited).toMatchObject([{ action: "sign_in.end", actor: acting("ada"), userId: "ada" }]);
  await expect(service.end(acting("ada"), "ada 1")).rejects.toMatchObject({ code: "not_found" });
  expect(audited).toHaveLength(1);
});

test("everywhere else is not here, and the key where that is asked for", async () => {
  const { service, open, rows, audited, revoked, changes } = scene();
  for (const id of ["ada", "ada", "ada", "bob"]) await open(id);
  audited.length = 0;
  expect(await service.endOthers(acting("ada"), "ada 2", { apiKey: false })).toEqual({ ended: 2 });
  expect([live(rows), revoked, changes]).toEqual([["ada 2", "bob 4"], [], ["bot of ada"]]);
  // there is nothing to end, and nothing to tell
  expect(await service.endOthers(acting("ada"), "ada 2", { apiKey: true })).toEqual({ ended: 0 });
  expect([live(rows), revoked, audited.length, changes.length]).toEqual([["ada 2", "bob 4"], ["ada"], 1, 1]);
});
