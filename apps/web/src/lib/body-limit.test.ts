import { expect, test } from "vitest";
import { isBodyWithin } from "./body-limit.ts";

test.each([
  [{}, true],
  [{ "content-length": "0" }, true],
  [{ "content-length": "100" }, true],
  [{ "content-length": "101" }, false],
  [{ "content-length": "many" }, false],
  [{ "transfer-encoding": "chunked" }, false],
  [{ "transfer-encoding": "chunked", "content-length": "1" }, false],
])("of %j at most 100 bytes come: %s", (headers, expected) => {
  expect(isBodyWithin(new Headers(headers as Record<string, string>), 100)).toBe(expected);
});
