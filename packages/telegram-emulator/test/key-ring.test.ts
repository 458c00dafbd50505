import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { World } from "../src/index.ts";
import { AuthKey } from "../src/world/auth-key.ts";

test("keys that nobody logs in with do not pile up, keys of accounts stay", () => {
  const world = new World();
  const { keys } = world;
  const make = () => new AuthKey({ key: randomBytes(256), dc: 2, salt: 0n });
  const first = make();
  const claimed = make();
  const account = world.account({ phone: "+99966100001" });
  keys.add(first);
  keys.add(claimed);
  keys.authorize(claimed, account);
  for (let count = 0; count < 50_000; count++) keys.add(make());
  expect(keys.get(first.id)).toBeUndefined();
  expect(keys.get(claimed.id)).toBe(claimed);
  expect(keys.of(account)).toHaveLength(2);
  keys.logOut(claimed);
  expect(keys.of(account)).toHaveLength(1);
});
