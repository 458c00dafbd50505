import { expect, test } from "vitest";
import { twoStepCodes } from "./two-step-codes.ts";

/** "12345678901234567890" in base32: the secret of RFC 6238, appendix B. */
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const at = (seconds: number) => new Date(seconds * 1000);

// the RFC's codes have eight digits, of which apps show the last six
test.each([
  [59, "287082"],
  [1111111109, "081804"],
  [1111111111, "050471"],
  [1234567890, "005924"],
  [2000000000, "279037"],
  [20000000000, "353130"],
])("at %i s the code is RFC 6238's %s", (seconds, code) => {
  expect(twoStepCodes.stepOf(SECRET, code, at(seconds))).toBe(Math.floor(seconds / 30));
});

test("a code holds half a minute longer to either side, and names its own step", () => {
  const [code, step, start] = ["081804", 37037036, 37037036 * 30];
  expect(twoStepCodes.stepOf(SECRET, code, at(start - 30))).toBe(step);
  expect(twoStepCodes.stepOf(SECRET, code, at(start + 59))).toBe(step);
  expect(twoStepCodes.stepOf(SECRET, code, at(start - 31))).toBeNull();
  expect(twoStepCodes.stepOf(SECRET, code, at(start + 60))).toBeNull();
});

test.each(["", "81804", "0818040", "O81804", "０８１８０４", "-81804", "1e5000", "08180\n"])(
  "%j is no code",
  (code) => {
    expect(twoStepCodes.stepOf(SECRET, code, at(1111111109))).toBeNull();
  },
);

test("secrets and recovery codes are another each time, and have the bits that they promise", () => {
  const drawn = Array.from({ length: 200 }, () => [twoStepCodes.secret(), twoStepCodes.recoveryCode(16)]).flat();
  expect(new Set(drawn).size).toBe(400);
  expect(twoStepCodes.secret()).toMatch(/^[A-Z2-7]{32}$/);
  const signs = new Set(drawn.filter((text) => text.length === 16).join(""));
  expect([...signs].sort().join("")).toBe("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
});

test("an app is told whose key it is", () => {
  const uri = new URL(twoStepCodes.uri(SECRET, "ada+x@example.org"));
  expect(uri.protocol).toBe("otpauth:");
  expect(decodeURIComponent(uri.pathname)).toContain("Herald:ada+x@example.org");
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({ secret: SECRET, issuer: "Herald" });
});
