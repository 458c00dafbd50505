import { expect, test } from "vitest";
import type { AuditEntry } from "../model/audit.ts";
import type { SignIn, User } from "../model/domain.ts";
import type { Hashes, SignInRepository, Transaction, UserRepository } from "../ports/index.ts";
import { FakeAttempts } from "../testing/fake-attempts.ts";
import { aUser } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { FakeCodes, FakeTwoStep } from "../testing/fake-two-step.ts";
import { only } from "../testing/only.ts";
import { signInService } from "./sign-in.ts";

const PASSWORD = "a password of mine";

/** Ada's door. */
function door(ada: Partial<User> = {}) {
  const clock = new FakeClock();
  const attempts = new FakeAttempts();
  const twoStep = new FakeTwoStep();
  const twoStepCodes = new FakeCodes();
  const user = aUser({ id: "ada", email: "ada@example.org", name: "Ada", ...ada });
  const looks: Array<[password: string, hash: string | null]> = [];
  const lookedUp: unknown[] = [];
  const audited: AuditEntry[] = [];
  const opened: SignIn[] = [];
  const changed = { meanwhile: false };
  const tx = only<Transaction>({
    signInAttempts: attempts,
    twoStep,
    users: only<UserRepository>({
      credentials: async (of) => {
        lookedUp.push(of);
        return "email" in of && of.email === user.email ? { user, passwordHash: `hash of ${PASSWORD}` } : null;
      },
      lockForSignIn: async (_id, hash) => !changed.meanwhile && hash === `hash of ${PASSWORD}`,
    }),
    signIns: only<SignInRepository>({
      add: async ({ at, ...signIn }) => {
        const made = { ...signIn, id: "sign-in", createdAt: at, lastSeenAt: at, endedAt: null };
        opened.push(made);
        return made;
      },
    }),
    // that somebody signed in has a test of its own
    audit: async (entry) => void (entry.action === "sign_in.create" || audited.push(entry)),
  });
  const { check } = signInService({
    clock,
    twoStepCodes,
    store: { transaction: (work) => work(tx) },
    hashes: only<Hashes>({
      sha256: (data) => `sha256 of ${data}`,
      isPassword: async (password, hash) => {
        looks.push([password, hash]);
        return hash === `hash of ${password}`;
      },
    }),
  });
  return {
    clock,
    attempts,
    twoStep,
    looks,
    lookedUp,
    audited,
    opened,
    changed,
    code: () => twoStepCodes.codeAt(clock.now()),
    check: (more: Partial<Parameters<typeof check>[0]> = {}) =>
      check({
        email: "ada@example.org",
        password: PASSWORD,
        code: null,
        address: "192.0.2.1",
        device: null,
        userAgent: "A browser",
        ...more,
      }),
    turnOn: async () => {
      await twoStep.begin("ada", "SECRET");
      await twoStep.confirm("ada", clock.now());
      await twoStep.replaceRecoveryCodes("ada", ["sha256 of ABCD0123EFGH4567", "sha256 of WXYZ0123WXYZ4567"]);
    },
  };
}

const right = {
  result: "right",
  user: { id: "ada", email: "ada@example.org", name: "Ada", role: "user" },
  signInId: "sign-in",
};

test("the right password signs in, however the e-mail address is typed", async () => {
  const { check } = door();
  expect(await check()).toEqual(right);
  expect(await check({ email: "  Ada@Example.ORG " })).toEqual(right);
});

test("who is let in has a sign-in, with where it came from, and nobody else has", async () => {
  const { check, opened, changed } = door();
  await check({ password: "a guess" });
  expect(opened).toEqual([]);
  await check();
  expect(opened).toMatchObject([{ userId: "ada", userAgent: "A browser", address: "192.0.2.1" }]);
  // another password since it was looked at
  changed.meanwhile = true;
  expect(await check()).toEqual({ result: "wrong" });
  expect(opened).toHaveLength(1);
});

test("sixty guesses at once are sixty: ten are looked at", async () => {
  const { check, looks } = door();
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => check({ password: `guess ${n}` })));
  expect(looks).toHaveLength(10);
  expect(answers.filter(({ result }) => result === "wrong")).toHaveLength(10);
  expect(answers.filter(({ result }) => result === "slowed")).toHaveLength(50);
  expect(await check()).toEqual({ result: "slowed", retryAfterSeconds: 600 });
  expect(await check({ device: "her laptop" })).toEqual(right);
});

test("a sign-in forgets the tries before it", async () => {
  const { check, looks } = door();
  for (let n = 0; n < 9; n++) await check({ password: `guess ${n}` });
  expect(await check()).toEqual(right);
  for (let n = 0; n < 20; n++) await check({ password: `guess ${n}` });
  expect(looks).toHaveLength(9 + 1 + 10);
});

test("nobody is told who there is: a password is looked at for nobody, too, and disabled is as wrong", async () => {
  const { check, looks } = door({ disabled: true });
  const strange = [
    "nobody@example.org",
    "",
    "ada",
    "ada@example.org\0",
    `${"a".repeat(900)}@example.org`,
    "\ud800@x.io",
  ];
  for (const email of strange) expect(await check({ email })).toEqual({ result: "wrong" });
  expect(looks).toEqual(strange.map(() => [PASSWORD, null]));
  expect(await check()).toEqual({ result: "wrong" });
  expect(looks.at(-1)).toEqual([PASSWORD, `hash of ${PASSWORD}`]);
});

test("what can be no e-mail address does not reach the database", async () => {
  const { check, lookedUp } = door();
  await check({ email: "ada@example.org\0" });
  await check({ email: "\ud800@example.org" });
  expect(lookedUp).toEqual([]);
});

test("with a second step, the code of the app signs in, once", async () => {
  const { check, code, clock, turnOn } = door();
  await turnOn();
  expect(await check()).toEqual({ result: "code_needed" });
  expect(await check({ code: "000000" })).toEqual({ result: "code_wrong" });
  expect(await check({ code: `${code().slice(0, 3)} ${code().slice(3)}` })).toEqual(right);
  expect(await check({ code: code() })).toEqual({ result: "code_used" });
  clock.jump(30_000);
  expect(await check({ code: code() })).toEqual(right);
});

test("a recovery code signs in once, as it was kept or as it was read, and the audit has it", async () => {
  const { check, turnOn, audited } = door();
  await turnOn();
  expect(await check({ code: "abcd-o123-efgh-4567" })).toEqual(right);
  expect(audited).toMatchObject([
    { action: "two_step.use_code", actor: { kind: "user", id: "ada" }, after: { recoveryCodesLeft: 1 } },
  ]);
  expect(await check({ code: "ABCD0123EFGH4567" })).toEqual({ result: "code_used" });
  expect(await check({ code: "WXYZ 0I23 WXYZ 4567" })).toEqual(right);
  expect(await check({ code: "ZZZZ-ZZZZ-ZZZZ-ZZZZ" })).toEqual({ result: "code_wrong" });
});

test("a code is asked for, and looked at, after the right password alone", async () => {
  const { check, code, turnOn, twoStep } = door();
  await turnOn();
  expect(await check({ password: "wrong", code: code() })).toEqual({ result: "wrong" });
  expect(twoStep.rows.get("ada")?.lastStep).toBe(0);
});

test("a second step that was begun and not confirmed is asked of nobody", async () => {
  const { check, twoStep } = door();
  await twoStep.begin("ada", "SECRET");
  expect(await check()).toEqual(right);
});

test("codes are counted as passwords are, and the right password gives no tries back before the code is", async () => {
  const { check, turnOn } = door();
  await turnOn();
  for (let n = 0; n < 5; n++) {
    expect(await check()).toEqual({ result: "code_needed" });
    expect(await check({ code: "000000" })).toEqual({ result: "code_wrong" });
  }
  expect(await check()).toMatchObject({ result: "slowed" });
});
