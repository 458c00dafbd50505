import { expect, test } from "vitest";
import { ChatUpdateInput } from "./chat.ts";

test.each(["-1001234567890", "-1234567890", "-1"])("the chat %s can be named", (id) => {
  expect(ChatUpdateInput.parse({ id })).toEqual({ id });
});

test.each(["1234567890", "@name", "-1000000000000", "-4000000000001", "-01", ""])("“%s” is no chat id", (id) => {
  expect(ChatUpdateInput.safeParse({ id }).error?.issues.map(({ message }) => message)).toEqual([
    "A chat id looks like -1001234567890.",
  ]);
});
