import { expect, test } from "vitest";
import type { Person } from "../model/actor.ts";
import type { AuditEntry } from "../model/audit.ts";
import type { Hashes, Transaction, UserRepository } from "../ports/index.ts";
import { FakeAttempts } from "../testing/fake-attempts.ts";
import { aUser } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { FakeCodes, FakeTwoStep } from "../testing/fake-two-step.ts";
import { only } from "../testing/only.ts";
import { twoStepService } from "./two-step.ts";

const PASSWORD = "a password of mine";
const ada: Person = { kind: "user", id: "ada", name: "Ada" };
const admin: Person = { kind: "admin", id: "root", name: "Root" };

function settings() {
  const clock = new FakeClock();
  const twoStep = new FakeTwoStep();
  const attempts = new FakeAttempts();
  const codes = new FakeCodes();
  const user = aUser({ id: "ada", email: "ada@example.org", name: "Ada" });
  const audited: AuditEntry[] = [];
  const tx = only<Transaction>({
    twoStep,
    signInAttempts: attempts,
    users: only<UserRepository>({
      find: async (id) => (id === "ada" ? user : null),
      credentials: async () => ({ user, passwordHash: `hash of ${PASSWORD}` }),
    }),
    audit: async (entry) => void audited.push(entry),
    poolChanged: async () => {},
  });
  const service = twoStepService({
    clock,
    twoStepCodes: codes,
    store: { transaction: (work) => work(tx) },
    hashes: only<Hashes>({
      sha256: (data) => `sha256 of ${data}`,
      isPassword: async (password, hash) => hash === `hash of ${password}`,
    }),
  });
  const code = () => codes.codeAt(clock.now());
  return {
    service,
    clock,
    twoStep,
    attempts,
    audited,
    code,
    actions: () => audited.map(({ action }) => action),
    turnOn: async () => {
      await service.begin(ada, PASSWORD);
      const { codes } = await service.confirm(ada, code());
      // the code that turned it on is used up
      clock.jump(30_000);
      return codes;
    },
  };
}

test("it is on once a first code was given, with ten recovery codes of which the database has hashes", async () => {
  const { service, code, twoStep, audited } = settings();
  expect(await service.status("ada")).toEqual({ on: false, recoveryCodesLeft: 0 });
  expect(await service.begin(ada, PASSWORD)).toEqual({ secret: "SECRET1", uri: "otpauth://ada@example.org/SECRET1" });
  expect(await service.status("ada")).toEqual({ on: false, recoveryCodesLeft: 0 });
  const { codes } = await service.confirm(ada, code());
  expect(new Set(codes).size).toBe(10);
  expect(codes[0]).toMatch(/^\w{4}-\w{4}-\w{4}-\w{4}$/);
  expect([...(twoStep.rows.get("ada")?.codes.keys() ?? [])]).toEqual(
    codes.map((shown) => `sha256 of ${shown.replaceAll("-", "")}`),
  );
  expect(await service.status("ada")).toEqual({ on: true, recoveryCodesLeft: 10 });
  expect(audited).toMatchObject([
    { action: "two_step.begin" },
    { action: "two_step.turn_on", actor: ada, target: { kind: "user", id: "ada" }, userId: "ada" },
  ]);
  expect(JSON.stringify(audited)).not.toContain("SECRET");
});

test("a wrong code turns nothing on, and one may begin anew with another key", async () => {
  const { service, code, actions } = settings();
  await expect(service.confirm(ada, code())).rejects.toMatchObject({ code: "invalid_input" });
  await service.begin(ada, PASSWORD);
  for (const wrong of ["000000", "", "no code", "ABCD0123EFGH4567"])
    await expect(service.confirm(ada, wrong)).rejects.toMatchObject({ code: "invalid_input", field: "code" });
  expect(await service.begin(ada, PASSWORD)).toMatchObject({ secret: "SECRET2" });
  await service.confirm(ada, code());
  expect(actions()).toEqual(["two_step.begin", "two_step.begin", "two_step.turn_on"]);
});

test("what is on is not begun or confirmed again: a key that is in use stays", async () => {
  const { service, turnOn, code, twoStep } = settings();
  await turnOn();
  await expect(service.begin(ada, PASSWORD)).rejects.toMatchObject({ code: "invalid_input" });
  await expect(service.confirm(ada, code())).rejects.toMatchObject({ code: "invalid_input" });
  expect(twoStep.rows.get("ada")?.secret).toBe("SECRET1");
});

test("turning it off and new codes take both steps, and a recovery code may stand for the app's", async () => {
  const { service, turnOn, code, clock, actions } = settings();
  const [kept = ""] = await turnOn();
  const wrong = { code: "invalid_input", field: "password" };
  await expect(service.turnOff(ada, { password: "wrong", code: code() })).rejects.toMatchObject(wrong);
  await expect(service.renewCodes(ada, { password: "wrong", code: code() })).rejects.toMatchObject(wrong);
  await expect(service.turnOff(ada, { password: PASSWORD, code: "000000" })).rejects.toMatchObject({ field: "code" });
  const { codes } = await service.renewCodes(ada, { password: PASSWORD, code: code() });
  expect(codes).toHaveLength(10);
  // used up, as the former recovery codes are gone
  for (const gone of [code(), kept])
    await expect(service.turnOff(ada, { password: PASSWORD, code: gone })).rejects.toMatchObject({ field: "code" });
  expect(await service.turnOff(ada, { password: PASSWORD, code: codes[3] ?? "" })).toEqual({ on: false });
  expect(await service.status("ada")).toEqual({ on: false, recoveryCodesLeft: 0 });
  clock.jump(30_000);
  await expect(service.turnOff(ada, { password: PASSWORD, code: code() })).rejects.toThrow("is off");
  expect(actions().slice(1)).toEqual(["two_step.turn_on", "two_step.renew_codes", "two_step.turn_off"]);
});

test("guesses of the password or of a code are ten in ten minutes, and who knows both begins anew", async () => {
  const { service, turnOn, code, clock } = settings();
  await turnOn();
  const turnOff = (password: string, typed: string) => service.turnOff(ada, { password, code: typed });
  for (let n = 0; n < 4; n++) {
    await expect(turnOff("wrong", code())).rejects.toMatchObject({ field: "password" });
    await expect(turnOff(PASSWORD, "000000")).rejects.toMatchObject({ field: "code" });
  }
  await service.renewCodes(ada, { password: PASSWORD, code: code() });
  clock.jump(30_000);
  for (let n = 0; n < 10; n++) await expect(turnOff(PASSWORD, "000000")).rejects.toMatchObject({ field: "code" });
  await expect(turnOff(PASSWORD, code())).rejects.toMatchObject({
    code: "too_many_attempts",
    details: { retryAfterSeconds: 600 },
  });
  clock.jump(600_000);
  expect(await turnOff(PASSWORD, code())).toEqual({ on: false });
});

test("an admin resets another's, and the audit has it", async () => {
  const { service, turnOn, audited } = settings();
  expect(await service.reset(admin, "ada")).toEqual({ on: false });
  expect(audited).toEqual([]);
  await turnOn();
  expect(await service.reset(admin, "ada")).toEqual({ on: false });
  expect(audited.at(-1)).toMatchObject({
    action: "two_step.reset",
    actor: admin,
    userId: "ada",
    before: { on: true },
    after: { on: false },
  });
  expect(await service.status("ada")).toEqual({ on: false, recoveryCodesLeft: 0 });
  await expect(service.reset(admin, "nobody")).rejects.toMatchObject({ code: "not_found" });
});
