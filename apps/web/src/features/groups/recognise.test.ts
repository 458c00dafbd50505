import { expect, test } from "vitest";
import { recognise, remarkOn } from "./recognise.ts";

test("each line is recognised, blank ones are passed over, and two spellings of one group are one", () => {
  const lines = recognise("@Crypto_UA\n\n https://t.me/crypto_ua \n12\n-1001234567890\n", new Set(["-1001234567890"]));
  expect(lines.map(({ number, parsed, duplicate }) => [number, parsed.ok, duplicate])).toEqual([
    [1, true, false],
    [3, true, true],
    [4, false, false],
    [5, true, true],
  ]);
});

test("a number behind a name is a topic only where there are topics, and what is wrong is said with its line", () => {
  const remarks = recognise("@shop\nt.me/shop/7\n@shop/7\n\nt.me/boost/shop", new Set()).map(remarkOn);
  expect(remarks).toEqual([
    "",
    "topic 7, if the group has topics",
    "is there already",
    "line 5: In Telegram, “boost” stands for boosting a chat, so this is not a group. Paste the group's own link or its @name.",
  ]);
});
