import { expect, test } from "vitest";
import { changed } from "./audit.ts";

test("only what changed is kept, before and after", () => {
  const before = { delay: 5, mode: "starter", post: { type: "text", content: "hi" } };
  expect(changed(before, { delay: 7, mode: "starter", post: { type: "text", content: "hi" } })).toEqual({
    before: { delay: 5 },
    after: { delay: 7 },
  });
  expect(changed(before, { post: null })).toEqual({
    before: { post: { type: "text", content: "hi" } },
    after: { post: null },
  });
});

test("what was not there before was null", () => {
  expect(changed({}, { password: "changed" })).toEqual({ before: { password: null }, after: { password: "changed" } });
});

test("nothing changed is nothing to keep", () => {
  expect(changed({ delay: 5, mode: "starter" }, { delay: 5 })).toBeNull();
});
