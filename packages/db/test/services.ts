import { createHash, randomUUID } from "node:crypto";
import {
  type Actor,
  type Clock,
  createServices,
  type Dependencies,
  type Person,
  SessionLeases,
  type User,
} from "@herald/core";
import type { Database } from "../src/index.ts";

const unused = (what: string) => () => Promise.reject(new Error(`${what} is not part of this test`));

let tokens = 0;

/** The domain's services over a real database, for what they and the rows do together. Telegram and files are not part of it. */
export function servicesOver({ database }: { database: Database }, now: () => Date = () => new Date()) {
  const { store, views, events, ledger, leases } = database;
  const clock: Clock = {
    now,
    monotonic: () => performance.now(),
    // what is tried again is tried at once, and what is done now and then is not done at all
    sleep: (ms, signal) =>
      new Promise((resolve) => (ms < 1_000 ? resolve() : signal.addEventListener("abort", () => resolve()))),
  };
  const dependencies: Dependencies = {
    engineId: "test",
    store,
    views,
    events,
    ledger,
    leases: new SessionLeases(leases, clock, "test"),
    gateway: { connect: unused("Telegram") },
    sessionFiles: {
      put: unused("a session file"),
      read: unused("a session file"),
      move: unused("a session file"),
      settle: unused("a session file"),
      unsettle: unused("a session file"),
      unsettled: unused("a session file"),
      missingKeys: unused("a session file"),
      reseal: unused("a session file"),
      remove: unused("a session file"),
    },
    sessionReader: { read: () => ({ ok: false, reason: "not part of this test" }) },
    hashes: {
      password: async (password) => `hash of ${password}`,
      isPassword: async (password, hash) => hash === `hash of ${password}`,
      sha256: (data) => createHash("sha256").update(data).digest("hex"),
    },
    twoStepCodes: { secret: () => "", uri: () => "", stepOf: () => null, recoveryCode: () => "" },
    clock,
    random: { int64: () => 1n, uuid: randomUUID, token: () => `token-${++tokens}-of-the-test` },
    onFault: (fault) => {
      throw fault;
    },
    settings: { breakerLimit: 2, breakerWindowHours: 24 },
  };
  return createServices(dependencies, unused("health"));
}

export const system: Actor = { kind: "system", name: "test" };
export const asUser = ({ id, name }: User): Person => ({ kind: "user", id, name });
export const asAdmin = ({ id, name }: User): Person => ({ kind: "admin", id, name });
