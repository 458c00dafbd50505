import { expect, test } from "vitest";
import { recognise } from "./recognise.ts";

test("each line is recognised, blank ones are passed over, and two spellings of one group are one", () => {
  const lines = recognise("@Crypto_UA\n\n https://t.me/crypto_ua \n12\n-1001234567890\n", new Set(["-1001234567890"]));
  expect(lines.map(({ number, parsed, duplicate }) => [number, parsed.ok, duplicate])).toEqual([
    [1, true, false],
    [3, true, true],
    [4, false, false],
    [5, true, true],
  ]);
});
