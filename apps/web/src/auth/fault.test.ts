import { expect, test } from "vitest";
import { faultOf, wordsOf } from "./fault";

test.each([
  ["CredentialsSignin", "do not belong together"],
  ["slowed:601", "Wait 11 minutes"],
  ["slowed:60", "Wait a minute"],
  ["slowed:1", "Wait a minute"],
  ["slowed", "Wait 10 minutes"],
  ["slowed:soon", "Wait 10 minutes"],
  ["code_wrong", "not right, or it has expired"],
  ["code_used", "used before"],
  ["unavailable", "engine does not answer"],
  // whatever a library says, or a link claims
  ["", "engine does not answer"],
  ["Configuration", "engine does not answer"],
  ["Cannot read properties of undefined (reading 'trim')", "engine does not answer"],
  ["<b>Call this number</b>", "engine does not answer"],
])("%j is told in words of the form's own", (error, words) => {
  expect(wordsOf(faultOf(error))).toContain(words);
  expect(wordsOf(faultOf(error))).not.toMatch(/undefined|NaN|</);
});

test("only the engine's own word asks for a code", () => {
  expect(faultOf("code_needed").fault).toBe("code_needed");
  for (const other of ["code", "code_needed2", "CODE_NEEDED"]) expect(faultOf(other).fault).toBe("unavailable");
});
