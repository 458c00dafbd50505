import { expect, test } from "vitest";
import { parseDc, productionDc } from "../src/dc.ts";

test("a data centre is read from one line", () => {
  expect(parseDc("2:127.0.0.1:4430")).toEqual({ id: 2, host: "127.0.0.1", port: 4430 });
  expect(parseDc(" 10002:[::1]:443 ")).toEqual({ id: 10_002, host: "::1", port: 443 });
  expect(parseDc("4:telegram.internal:80")).toEqual({ id: 4, host: "telegram.internal", port: 80 });
});

test.each(["", "127.0.0.1:4430", "0:127.0.0.1:4430", "2:127.0.0.1:0", "2:127.0.0.1:70000", "2:a b:1"])(
  "“%s” is refused with the form to write",
  (text) => expect(() => parseDc(text)).toThrow(/<dc id>:<host>:<port>/),
);

test("production has five data centres", () => {
  expect([1, 2, 3, 4, 5].every((id) => productionDc(id)?.port === 443)).toBe(true);
  expect(productionDc(6)).toBeUndefined();
});
