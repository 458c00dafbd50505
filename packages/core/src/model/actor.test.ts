import { expect, test } from "vitest";
import { aUser } from "../testing/fake-bots.ts";
import { actorOf, actsOnAnother, ENGINE } from "./actor.ts";

const user = aUser({ id: "ada", name: "Ada" });

const signedIn = { user, credential: { kind: "sign_in", id: "sign-in", expiresAt: new Date(0) } } as const;
const byKey = { user, credential: { kind: "api_key", id: "key", expiresAt: null } } as const;

test("a person acts for themselves, or by an admin's right", () => {
  expect(actorOf(signedIn, "user")).toEqual({ kind: "user", id: "ada", name: "Ada" });
  expect(actorOf(signedIn, "admin")).toEqual({ kind: "admin", id: "ada", name: "Ada" });
});

test("a program is told by its key, whatever it does", () => {
  for (const as of ["user", "admin"] as const)
    expect(actorOf(byKey, as)).toEqual({ kind: "api_key", id: "ada", name: "Ada", keyId: "key" });
});

test("it is another's when somebody else does it, or Herald itself", () => {
  expect(actsOnAnother(actorOf(signedIn, "admin"), "ada")).toBe(false);
  expect(actsOnAnother(actorOf(signedIn, "admin"), "bob")).toBe(true);
  expect(actsOnAnother(ENGINE, "ada")).toBe(true);
});
