import { expect, test } from "vitest";
import { aUser } from "../testing/fake-bots.ts";
import { actorOf, actsOnAnother, ENGINE } from "./actor.ts";

const user = aUser({ id: "ada", name: "Ada" });

test("a person acts for themselves, or by an admin's right", () => {
  const signedIn = { user, apiKeyId: null };
  expect(actorOf(signedIn, "user")).toEqual({ kind: "user", id: "ada", name: "Ada" });
  expect(actorOf(signedIn, "admin")).toEqual({ kind: "admin", id: "ada", name: "Ada" });
});

test("a program is told by its key, whatever it does", () => {
  for (const as of ["user", "admin"] as const)
    expect(actorOf({ user, apiKeyId: "key" }, as)).toEqual({ kind: "api_key", id: "ada", name: "Ada", keyId: "key" });
});

test("it is another's when somebody else does it, or Herald itself", () => {
  expect(actsOnAnother(actorOf({ user, apiKeyId: null }, "admin"), "ada")).toBe(false);
  expect(actsOnAnother(actorOf({ user, apiKeyId: null }, "admin"), "bob")).toBe(true);
  expect(actsOnAnother(ENGINE, "ada")).toBe(true);
});
