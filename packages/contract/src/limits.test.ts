import { expect, test } from "vitest";
import type { z } from "zod";
import { ApiPairAddInput, AuditListInput, ChatUpdateInput, Post, TimeZone, UserCreateInput } from "./index.ts";

const { shape: user } = UserCreateInput;

/** What looks closer at a text than at its length. */
const read: Array<[string, z.ZodType]> = [
  ["link", Post.options[0].shape.content],
  ["text", Post.options[1].shape.content],
  ["e-mail address", user.email],
  ["end of a plan", user.plan.unwrap().unwrap().shape.expiresAt],
  ["time zone", TimeZone],
  ["chat id", ChatUpdateInput.shape.id],
  ["api_hash", ApiPairAddInput.shape.apiHash],
  ["place in the audit", AuditListInput.unwrap().shape.before],
];

test.each(read)("a %s that is too long is looked at no further", (_, schema) => {
  expect(schema.safeParse("!".repeat(10_000)).error?.issues).toHaveLength(1);
});
