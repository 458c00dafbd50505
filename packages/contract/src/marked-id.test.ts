import fc from "fast-check";
import { expect, test } from "vitest";
import { markedId, parseMarkedId, unmarkedTwin } from "./marked-id.ts";

test.each([
  ["channel", "1", "-1000000000001"],
  ["channel", "1234567", "-1000001234567"],
  ["channel", "1234567890", "-1001234567890"],
  ["channel", "12345678901", "-1012345678901"],
  ["channel", "997852516352", "-1997852516352"],
  ["channel", "3000000000000", "-4000000000000"],
  ["chat", "1", "-1"],
  ["chat", "1234567890", "-1234567890"],
  ["chat", "10012345", "-10012345"],
  ["chat", "999999999999", "-999999999999"],
] as const)("the %s %s is marked %s", (type, id, marked) => {
  expect(markedId(type, id)).toBe(marked);
  expect(parseMarkedId(marked)).toEqual({ type, id });
});

test.each([
  ...["", "-", "0", "-0", "-007", "7", "+7", "- 7", "-7.0", "-7/5", "−7", "-1e3", "@name"],
  ...["-1000000000000", "-4000000000001", "-9999999999999999999"],
])("“%s” is no marked id", (text) => {
  expect(parseMarkedId(text)).toBeUndefined();
  expect(unmarkedTwin(text)).toBeUndefined();
});

test("marking and reading are each other's inverse", () => {
  const id = (max: bigint) => fc.bigInt({ min: 1n, max }).map(String);
  fc.assert(
    fc.property(id(3_000_000_000_000n), id(999_999_999_999n), (channel, chat) => {
      expect(parseMarkedId(markedId("channel", channel))).toEqual({ type: "channel", id: channel });
      expect(parseMarkedId(markedId("chat", chat))).toEqual({ type: "chat", id: chat });
      expect(unmarkedTwin(markedId("chat", chat))).toBe(markedId("channel", chat));
      expect(unmarkedTwin(markedId("channel", channel))).toBeUndefined();
    }),
  );
});

test("an id without the mark of a supergroup names its twin", () => {
  expect(unmarkedTwin("-1234567890")).toBe("-1001234567890");
  expect(unmarkedTwin("-1001234567890")).toBeUndefined();
});
