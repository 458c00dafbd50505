import { expect, test } from "vitest";
import { contentSecurityPolicy, strictTransportSecurity } from "./security-headers.ts";

/** The policy's directives with their sources. */
const read = (policy: string) =>
  new Map(policy.split("; ").map((part) => [part.slice(0, part.indexOf(" ")), part.slice(part.indexOf(" ") + 1)]));

test("a page runs its own scripts by their nonce alone, and sends nothing elsewhere", () => {
  expect(Object.fromEntries(read(contentSecurityPolicy("abc", { isDevelopment: false })))).toEqual({
    "default-src": "'self'",
    "script-src": "'nonce-abc' 'strict-dynamic'",
    "style-src": "'self' 'nonce-abc'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  });
});

test("while pages are developed the tools may evaluate and style, and an inline script still needs its nonce", () => {
  const policy = read(contentSecurityPolicy("abc", { isDevelopment: true }));
  expect(policy.get("script-src")).toBe("'nonce-abc' 'strict-dynamic' 'unsafe-eval'");
  expect(policy.get("style-src")).toBe("'self' 'unsafe-inline'");
});

test("only pages behind TLS ask for TLS", () => {
  expect(strictTransportSecurity("https://herald.example.org")).toBe("max-age=31536000");
  expect(strictTransportSecurity("http://localhost:3000")).toBeNull();
});
